using MyApp.Deployment.Builds;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>From a source archive with a spec in it to a release: read, resolve, build, compile the unit.</summary>
internal sealed class ReleaseBuilder(DataPaths paths, TimeProvider clock)
{
    public async Task<ReleaseDraft> MakeAsync(Rollout rollout, IProgress<BuildNote> notes, CancellationToken ct)
    {
        if (rollout.Source is not { } source)
            return new ReleaseDraft.Refused("the rollout names no source");
        var (spec, refusal) = await ReadSpecAsync(source, rollout, ct);
        if (spec is null)
            return new ReleaseDraft.Refused(refusal!);
        // Before the build, which takes far longer: nothing that a toolchain decides can be an error.
        var draft = UnitCompiler.Compile(spec, new($"{rollout.Service}-{rollout.Environment}-next", 0), "", paths);
        if (draft.HasErrors)
            return new ReleaseDraft.Refused(Lines("the spec can't be run as it is", draft.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error)));
        var result = await new BuildPipeline(paths, clock).RunAsync(new() { Service = rollout.Service, Source = source, Build = spec.Build }, notes, ct);
        if (result.Artifact is not { } artifact)
            return new ReleaseDraft.Refused(result.Failure!);
        new ArtifactStore(paths.Artifacts).Pin(artifact.Digest);
        BuildCollector.Collect(paths, new(), clock);
        return new ReleaseDraft.Made(number => Make(rollout, spec, artifact, number), [.. draft.Diagnostics.Select(DiagnosticText.Line)]);
    }

    private async Task<(ServiceSpec? Spec, string? Refusal)> ReadSpecAsync(string source, Rollout rollout, CancellationToken ct)
    {
        try
        {
            var text = await new SourceStore(paths.Sources).ReadTextAsync(source, SpecReader.DefaultFileName, ct);
            if (text is null)
                return (null, $"the source has no {SpecReader.DefaultFileName}");
            var read = SpecReader.Read(text, SpecReader.DefaultFileName);
            if (read.File is not { } file)
                return (null, $"{SpecReader.DefaultFileName} has problems\n{string.Join('\n', read.Problems)}");
            return file.Find(rollout.Service, rollout.Environment) is { } spec
                ? (spec, null)
                : (null, $"{SpecReader.DefaultFileName} has no service '{rollout.Service}'; it has {string.Join(", ", file.Services)}");
        }
        catch (SourceRefusedException e)
        {
            return (null, e.Message);
        }
    }

    private Release Make(Rollout rollout, ServiceSpec spec, Artifact artifact, ReleaseNumber number) => new()
    {
        Id = number.Id,
        Service = rollout.Service,
        Environment = rollout.Environment,
        Number = number.Number,
        Artifact = artifact.Digest,
        ArtifactBytes = artifact.Bytes,
        Source = rollout.Source,
        Unit = UnitCompiler.Compile(spec, number, artifact.Toolchain, paths).Unit,
        CreatedAt = clock.GetUtcNow(),
        CreatedBy = rollout.RequestedBy,
    };

    private static string Lines(string headline, IEnumerable<Diagnostic> diagnostics) =>
        $"{headline}\n{string.Join('\n', diagnostics.Select(DiagnosticText.Line))}";
}
