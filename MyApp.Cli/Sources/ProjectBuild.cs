using System.CommandLine;
using MyApp.Cli.Commands;
using MyApp.Cli.Output;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Cli.Sources;

/// <summary>One service with what was built of it.</summary>
internal sealed record BuiltService(ServiceSpec Spec, IReadOnlyList<(BuildRequest Request, BuildResult Result)> Builds)
{
    public bool Whole => Builds.All(build => build.Result.Artifact is not null);
}

/// <summary>Builds the services of a project on this machine, for every platform asked for.</summary>
internal sealed class ProjectBuild(Invocation call, BuildOptions options)
{
    public DataPaths Paths { get; } = call.DataPaths();

    /// <param name="onlyOne">Refuse a project of several services where none was chosen.</param>
    public async Task<IReadOnlyList<BuiltService>> RunAsync(ParseResult parse, CancellationToken ct, bool onlyOne = false)
    {
        using var checkout = await options.Source.OpenAsync(call, parse, ct);
        var project = Project.Read(call, checkout.Folder, options.Set.Around(parse));
        if (onlyOne && project.Services.Count > 1)
            throw new CommandFailedException(ExitCode.BadInput, $"which service? Name one of {string.Join(", ", project.Services)} with --service");
        var platforms = options.PlatformsOf(parse);
        var source = await StoreAsync(project, ct);
        var vcs = await checkout.VcsAsync(ct);
        var built = new List<BuiltService>();
        foreach (var name in project.Services)
        {
            var spec = project.Spec.Find(name, call.Settings.Environment)!;
            var build = platforms.Count > 0 ? spec.Build with { Platforms = platforms } : spec.Build;
            built.Add(await BuildAsync(spec with { Build = build }, source, vcs, ct));
        }

        BuildCollector.Collect(Paths, new(), call.Host.Clock);
        return built;
    }

    private async Task<BuiltService> BuildAsync(ServiceSpec spec, string source, VcsState? vcs, CancellationToken ct)
    {
        var requests = new BuildRequest { Service = spec.Service, Source = source, Build = spec.Build, Vcs = vcs }.ForEachPlatform();
        call.Screen.Progress(new Styled(spec.Service, Tone.Strong), $": building for {string.Join(", ", requests.Select(r => r.Platform))} …");
        var results = await new BuildPipeline(Paths, call.Host.Clock).RunAllAsync(requests, new Notes(call.Screen), ct);
        return new(spec, [.. requests.Zip(results)]);
    }

    private async Task<string> StoreAsync(Project project, CancellationToken ct)
    {
        using var archive = await PackedSource.PackAsync(project.Folder, ct);
        await using var file = File.OpenRead(archive.Path);
        return (await new SourceStore(Paths.Sources).SaveAsync(file, long.MaxValue, ct)).Digest;
    }

    // Not Progress<T>, which tells later and in any order.
    private sealed class Notes(Screen screen) : IProgress<(string Platform, BuildNote Note)>
    {
        public void Report((string Platform, BuildNote Note) value)
        {
            if (screen.IsLive)
                screen.Progress(new Styled($"  {value.Platform} {value.Note}", Tone.Faint));
        }
    }
}
