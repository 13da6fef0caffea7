using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Preflight.Artifact;
using MyApp.Deployment.Preflight.Candidate;
using MyApp.Deployment.Preflight.Host;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>From a source archive with a spec in it to a release: read, resolve, build or take what another environment has, compile the unit.</summary>
internal sealed class ReleaseBuilder(DataPaths paths, IRolloutStore store, UnitSecrets secrets, RemoteValues? remote, ShipBuild build, TimeProvider clock)
{
    public async Task<ReleaseDraft> MakeAsync(Rollout rollout, IProgress<BuildNote> notes, CancellationToken ct)
    {
        if (rollout.Source is not { } source)
            return new ReleaseDraft.Refused("the rollout names no source");
        var (spec, refusal) = await ReadSpecAsync(source, rollout, ct);
        if (spec is null)
            return new ReleaseDraft.Refused(refusal!);
        // Before the build, which takes far longer: nothing that a toolchain decides can be an error.
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var kept = (await secrets.PinAsync(spec, ct)).Keys.ToHashSet(StringComparer.Ordinal);
        var before = PreflightRules.Check(spec, today).Concat(PreflightRules.Check(await HostInspection.InspectAsync(spec, kept, clock, ct), today)).ToList();
        if (Refusal("the spec can't be run as it is", before) is { } refused)
            return refused;
        var (shipped, failure) = rollout.Promotes is { } promoted
            ? await TakeAsync(promoted, spec, source, notes, ct)
            : await BuildAsync(rollout, spec, source, notes, ct);
        if (shipped is not { } artifact)
            return new ReleaseDraft.Refused(failure!);
        var artifacts = new ArtifactStore(paths.Artifacts);
        var pinned = await secrets.PinAsync(spec, ct);
        var path = artifacts.PathOf(artifact.Digest);
        var facts = artifact.Built is { } known ? ArtifactFacts.Of(spec, known, path, paths.Services) : ArtifactFacts.Read(spec, path, paths.Services);
        var built = PreflightRules.Check(facts, today);
        if (Refusal("what was built can't be run", built) is { } unfit)
            return unfit;
        artifacts.Pin(artifact.Digest);
        BuildCollector.Collect(paths, new(), clock);
        return new ReleaseDraft.Made(number => Make(rollout, spec, artifact, pinned, number), [.. before.Concat(built).Where(finding => finding.Level != Severity.Note).Select(finding => finding.ToLine())]);
    }

    /// <summary>Asks an instance of the started release on the port of its own; only of a public service, as it is about what strangers may see, and only behind the forwarder, where it has such a port.</summary>
    public async Task<IReadOnlyList<Finding>> CheckCandidateAsync(Rollout rollout, UnitStatus status, CancellationToken ct)
    {
        if (status.Instances.FirstOrDefault(instance => instance.Ready)?.Ports is not { Count: > 0 } ports || rollout.Source is not { } source)
            return [];
        var (spec, _) = await ReadSpecAsync(source, rollout, ct);
        if (spec is not { Expose: Exposure.Public, Socket: SocketMode.Forward } || !ports.TryGetValue(spec.Ports[0].Name, out var port))
            return [];
        return PreflightRules.Check(await CandidateInspection.InspectAsync(spec, port, ct), DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
    }

    private async Task<(Shipped? Shipped, string? Failure)> BuildAsync(Rollout rollout, ServiceSpec spec, string source, IProgress<BuildNote> notes, CancellationToken ct)
    {
        var result = await build(rollout, new() { Service = spec.Service, Source = source, Build = spec.Build, Vcs = rollout.Vcs }, notes, ct);
        return result.Artifact is { } made ? (new(made.Digest, made.Bytes, made.Toolchain, made, rollout.Vcs), null) : (null, result.Failure);
    }

    // Whatever the environment's own build settings are: what was tried elsewhere is what runs here.
    private async Task<(Shipped? Shipped, string? Failure)> TakeAsync(string release, ServiceSpec spec, string source, IProgress<BuildNote> notes, CancellationToken ct)
    {
        if (await store.FindReleaseAsync(release, ct) is not { } promoted)
            return (null, $"{release} is not in the store");
        if (!new ArtifactStore(paths.Artifacts).Contains(promoted.Artifact))
            return (null, $"the artifact of {release} is no longer there, so it can't be promoted: ship its source instead");
        notes.Report(new("promote", $"the artifact of {release}, not built again", Skipped: false, TimeSpan.Zero, promoted.ArtifactBytes, promoted.ArtifactBytes));
        try
        {
            var toolchain = await ToolchainDetector.OfAsync(spec, new(paths.Sources), source, ct);
            return (new(promoted.Artifact, promoted.ArtifactBytes, toolchain, null, promoted.Vcs), null);
        }
        catch (SourceRefusedException e)
        {
            return (null, e.Message);
        }
    }

    private async Task<(ServiceSpec? Spec, string? Refusal)> ReadSpecAsync(string source, Rollout rollout, CancellationToken ct) =>
        await StoredSpec.ReadAsync(new(paths.Sources), source, rollout.Service, rollout.Environment, rollout.Set, remote, ct);

    private Release Make(Rollout rollout, ServiceSpec spec, Shipped artifact, IReadOnlyDictionary<string, SecretReference> pinned, ReleaseNumber number) => new()
    {
        Id = number.Id,
        Service = rollout.Service,
        Environment = rollout.Environment,
        Number = number.Number,
        Artifact = artifact.Digest,
        ArtifactBytes = artifact.Bytes,
        Source = rollout.Source,
        Vcs = artifact.Vcs,
        Unit = UnitSecrets.Pin(UnitCompiler.Compile(spec, number, artifact.Toolchain, paths).Unit, pinned),
        Approval = spec.Rules.Approval,
        CreatedAt = clock.GetUtcNow(),
        CreatedBy = rollout.RequestedBy,
    };

    /// <param name="Toolchain">That it was built by.</param>
    /// <param name="Built">What the build said of it; null: it is another release's.</param>
    /// <param name="Vcs">Where its source stood in its repository.</param>
    private sealed record Shipped(string Digest, long Bytes, string Toolchain, Artifact? Built, VcsState? Vcs);

    private static ReleaseDraft? Refusal(string headline, IEnumerable<Finding> findings)
    {
        var errors = findings.Where(finding => finding.Level == Severity.Error).Select(finding => finding.ToLine()).ToList();
        return errors.Count == 0 ? null : new ReleaseDraft.Refused($"{headline}\n{string.Join('\n', errors)}");
    }
}
