using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Builds;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>deps</c>.</summary>
/// <param name="Violations">Of <c>policy.deps</c>, one line each; a build with one fails, so these are of services that were not built.</param>
internal sealed record DepsReport(IReadOnlyList<ModuleVersions> Modules, IReadOnlyList<string> Violations);

/// <summary><c>myapp deps [SOURCE]</c>: each module's versions over all services of a project, as their builds say.</summary>
internal static class DepsCommand
{
    public static Command Create(CommandRunner runner)
    {
        var options = new BuildOptions();
        var skew = new Option<bool>("--skew") { Description = "Only modules that are there in several versions" };
        var command = new ExampleCommand("deps", "Lists every module that the services hold, with its versions, and shows skew.", """
            myapp deps
            myapp deps --skew
            myapp deps services --output json | jq '.modules[] | select(.skew)'
            """) { skew };
        options.AddTo(command);
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, options, parse, parse.GetValue(skew), ct));
    }

    private static async Task<int> RunAsync(Invocation call, BuildOptions options, ParseResult parse, bool onlySkew, CancellationToken ct)
    {
        var project = new ProjectBuild(call, options);
        var built = await project.RunAsync(parse, ct);
        var store = new ArtifactStore(project.Paths.Artifacts);
        var made = built.SelectMany(service => service.Builds).Where(build => build.Result.Artifact is not null)
            .Select(build => (build.Request.Service, ArtifactDocuments.ComponentsOf(store, build.Result.Artifact!)));
        var failed = built.SelectMany(service => service.Builds).Where(build => build.Result.Failure is not null).ToList();
        var modules = ModuleVersions.Of(made).Where(module => module.Skew || !onlySkew).ToList();
        var report = new DepsReport(modules, [.. failed.Select(build => build.Result.Failure!)]);
        if (call.Screen.IsJson)
            call.Screen.Document(report, CliJson.Default.DepsReport);
        else
            Print(call.Screen, report);
        return failed.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(Screen screen, DepsReport report)
    {
        var table = new TextTable("MODULE", "VERSION", "SERVICES", "");
        foreach (var module in report.Modules)
        {
            foreach (var version in module.Versions)
                table.Add(module.Name, version.Version, string.Join(", ", version.Services), module.Skew ? new Styled("skew", Tone.Warning) : "");
        }

        if (report.Modules.Count > 0)
            table.Print(screen);
        else
            screen.Line("no modules");
        foreach (var line in report.Violations.SelectMany(violation => violation.Split('\n')))
            screen.Error(new Styled("✗ ", Tone.Bad), line);
    }
}
