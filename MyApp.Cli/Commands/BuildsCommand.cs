using System.CommandLine;
using MyApp.Cli.Builds;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>builds log</c>.</summary>
internal sealed record BuildLogReport(IReadOnlyList<BuildLogLine> Lines);

/// <summary>The document of <c>builds fetch</c>.</summary>
/// <param name="Files">Absolute paths.</param>
internal sealed record FetchReport(IReadOnlyList<string> Files);

/// <summary><c>myapp builds list|show|log|fetch|cancel</c>: the builds of the control plane.</summary>
internal static class BuildsCommand
{
    private const int MostBuilds = 200;
    private const int DefaultBuilds = 20;

    public static Command Create(CommandRunner runner) =>
        new("builds", "Shows, fetches and ends the builds of the control plane.") { CreateList(runner), CreateShow(runner), CreateLog(runner), CreateFetch(runner), CreateCancel(runner) };

    private static Command CreateList(CommandRunner runner)
    {
        var limit = new Option<int>("--limit", "-n") { Description = $"At most so many (default: {DefaultBuilds})", HelpName = "N", DefaultValueFactory = _ => DefaultBuilds };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var n) && n is < 1 or > MostBuilds)
                result.AddError($"--limit: {n} is not between 1 and {MostBuilds}");
        });
        var command = new ExampleCommand("list", "Lists builds, newest first; with --env or --service only those.", """
            myapp builds list
            myapp builds list --service orders --limit 100 --output json | jq -r '.builds[] | select(.state == "failed") | .id'
            """) { limit };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            using var builds = call.ConnectBuilds();
            var found = await builds.ListAsync(call.Settings.Service, call.Settings.NamesEnvironment ? call.Settings.Environment : null, parse.GetValue(limit), ct);
            if (call.Screen.IsJson)
                call.Screen.Document(found, WireJson.Default.BuildList);
            else
                new BuildText(call.Screen, call.Host.Clock).PrintAll(found.Builds);
            return ExitCode.Ok;
        });
    }

    private static Command CreateShow(CommandRunner runner)
    {
        var id = IdArgument();
        var command = new ExampleCommand("show", "Shows one build: how far it is for each platform, and what it made.", """
            myapp builds show 0198a2f0-0000-7000-8000-00000000000b
            myapp builds show 0198a2f0-0000-7000-8000-00000000000b --output json | jq -r '.platforms[].artifact.digest'
            """) { id };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            using var builds = call.ConnectBuilds();
            var build = await builds.ReadAsync(Id(parse.GetValue(id)!), ct);
            if (call.Screen.IsJson)
                call.Screen.Document(build, WireJson.Default.BuildView);
            else
                new BuildText(call.Screen, call.Host.Clock).PrintOne(build);
            return ExitCode.Ok;
        });
    }

    private static Command CreateLog(CommandRunner runner)
    {
        var id = IdArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines until the build is over" };
        var command = new ExampleCommand("log", "Prints what a build's compilers printed, and each step that is over.", """
            myapp builds log 0198a2f0-0000-7000-8000-00000000000b
            myapp builds log 0198a2f0-0000-7000-8000-00000000000b -f --output json
            """) { id, follow };
        return runner.Attach(command, (call, parse, ct) => LogAsync(call, Id(parse.GetValue(id)!), parse.GetValue(follow), ct));
    }

    private static Command CreateFetch(CommandRunner runner)
    {
        var id = IdArgument();
        var folder = new Option<string>("--out") { Description = "The folder to write executables, bills of materials and provenance into", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = new ExampleCommand("fetch", "Writes what a build made into a folder of this machine, each file checked against its digest.", """
            myapp builds fetch 0198a2f0-0000-7000-8000-00000000000b --out dist
            """) { id, folder };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            using var builds = call.ConnectBuilds();
            var build = await builds.ReadAsync(Id(parse.GetValue(id)!), ct);
            var written = await builds.SaveAsync(build, call.Host.FullPath(parse.GetValue(folder)!), ct);
            if (written.Count == 0)
                throw new CommandFailedException(ExitCode.Failed, build.State.IsFinal() ? $"build {build.Id} has made nothing" : $"build {build.Id} is not over: 'myapp builds log {build.Id} -f' waits for its end");
            if (call.Screen.IsJson)
                call.Screen.Document(new FetchReport(written), CliJson.Default.FetchReport);
            else
                new BuildText(call.Screen, call.Host.Clock).PrintFiles(written);
            return ExitCode.Ok;
        });
    }

    private static Command CreateCancel(CommandRunner runner)
    {
        var id = IdArgument();
        var command = new ExampleCommand("cancel", "Ends a build; what was built before stays.", """
            myapp builds cancel 0198a2f0-0000-7000-8000-00000000000b
            """) { id };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            using var builds = call.ConnectBuilds();
            var build = await builds.CancelAsync(Id(parse.GetValue(id)!), ct);
            if (call.Screen.IsJson)
                call.Screen.Document(build, WireJson.Default.BuildView);
            else
                call.Screen.Progress(new Styled(build.Service, Tone.Strong), build.State == BuildState.Cancelled ? ": cancelled" : ": its compiler is being ended");
            return ExitCode.Ok;
        });
    }

    private static async Task<int> LogAsync(Invocation call, Guid build, bool follow, CancellationToken ct)
    {
        using var builds = call.ConnectBuilds();
        var text = new BuildLines(call.Screen, call.Host.Clock);
        var kept = new List<BuildLogLine>();
        Action<BuildLogLine> onLine = (call.Screen.IsJson, follow) switch
        {
            (true, true) => line => call.Screen.DocumentLine(line, WireJson.Default.BuildLogLine),
            (true, false) => kept.Add,
            _ => line => text.Print(null, line),
        };
        await builds.ReadLogAsync(build, follow, onLine, text.TellReconnecting, ct);
        if (call.Screen.IsJson && !follow)
            call.Screen.Document(new BuildLogReport(kept), CliJson.Default.BuildLogReport);
        return ExitCode.Ok;
    }

    private static Argument<string> IdArgument() => new("ID") { Description = "The build's id, as 'myapp builds list' shows it" };

    private static Guid Id(string text) => Guid.TryParse(text, out var id)
        ? id
        : throw new CommandFailedException(ExitCode.BadInput, $"'{text}' is not the id of a build: 'myapp builds list' shows them");
}
