using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp build [DIR]</c>: builds on this machine as a ship would, into the same store, and deploys nothing.</summary>
internal static class BuildCommand
{
    public static Command Create(CommandRunner runner)
    {
        var folder = FolderArgument.Create();
        var command = new ExampleCommand("build", "Builds a project on this machine, and shows what each step did to the size.", """
            myapp build
            myapp build services/orders --output json
            """) { folder };
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, parse.GetValue(folder)!, ct));
    }

    private static async Task<int> RunAsync(Invocation call, string folder, CancellationToken ct)
    {
        var project = Project.Read(call, folder);
        var paths = call.DataPaths();
        var source = await StoreAsync(project, paths, ct);
        var reports = new List<BuildReport>();
        foreach (var name in project.Services)
            reports.Add(await BuildAsync(call, project.Spec.Find(name, call.Settings.Environment)!, source, paths, ct));
        if (call.Screen.IsJson)
            call.Screen.Document(new BuildReports(reports), CliJson.Default.BuildReports);
        return reports.TrueForAll(r => r.Artifact is not null) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<string> StoreAsync(Project project, DataPaths paths, CancellationToken ct)
    {
        using var archive = await PackedSource.PackAsync(project.Folder, ct);
        await using var file = File.OpenRead(archive.Path);
        return (await new SourceStore(paths.Sources).SaveAsync(file, long.MaxValue, ct)).Digest;
    }

    private static async Task<BuildReport> BuildAsync(Invocation call, ServiceSpec spec, string source, DataPaths paths, CancellationToken ct)
    {
        var request = new BuildRequest { Service = spec.Service, Source = source, Build = spec.Build };
        call.Screen.Progress(new Styled(spec.Service, Tone.Strong), ": building …");
        var result = await new BuildPipeline(paths, call.Host.Clock).RunAsync(request, new Notes(call.Screen), ct);
        var report = new BuildReport(spec.Service, result.Artifact, result.FromCache, result.Steps, result.Failure);
        report.Print(call.Screen);
        return report;
    }

    // Not Progress<T>, which tells later and in any order.
    private sealed class Notes(Screen screen) : IProgress<BuildNote>
    {
        public void Report(BuildNote value)
        {
            if (screen.IsLive)
                screen.Progress(new Styled($"  {value}", Tone.Faint));
        }
    }
}
