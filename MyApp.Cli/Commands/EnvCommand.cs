using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Environments;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>env list</c> and <c>env show</c>.</summary>
internal sealed record EnvironmentReport(IReadOnlyList<EnvironmentView> Environments);

/// <summary><c>myapp env list|show|status</c>: the environments of a project, what holds for shipping to them, and what stands there.</summary>
internal static class EnvCommand
{
    public static Command Create(CommandRunner runner) =>
        new("env", "Shows environments: what holds for shipping to them, and what stands there.") { CreateList(runner), CreateShow(runner), CreateStatus(runner) };

    private static Command CreateList(CommandRunner runner)
    {
        var folder = FolderArgument.Create();
        var command = new ExampleCommand("list", "Lists the environments: those built in, and those of myapp.yaml.", """
            myapp env list
            myapp env list services/orders --output json | jq '.environments[] | select(.frozen)'
            """) { folder };
        return runner.Attach(command, (call, parse, _) => Task.FromResult(Run(call, Project.Read(call, parse.GetValue(folder)!), null)));
    }

    private static Command CreateShow(CommandRunner runner)
    {
        var name = new Argument<string>("NAME") { Description = "The environment" };
        var folder = FolderArgument.Create();
        var command = new ExampleCommand("show", "Shows one environment: what it inherits, which branches it takes, when it is frozen.", """
            myapp env show prod
            myapp env show prod services/orders
            """) { name, folder };
        return runner.Attach(command, (call, parse, _) =>
        {
            var project = Project.Read(call, parse.GetValue(folder)!);
            return project.Spec.UnknownEnvironment(parse.GetValue(name)!) is { } unknown
                ? throw new CommandFailedException(ExitCode.BadInput, unknown)
                : Task.FromResult(Run(call, project, parse.GetValue(name)));
        });
    }

    private static Command CreateStatus(CommandRunner runner)
    {
        var command = new ExampleCommand("status", "Shows what stands where: each service's release in every environment, its commit, and whether it can be shipped to; with --env or --service only those.", """
            myapp env status
            myapp env status --service orders --output json | jq -r '.environments[] | select(.release) | "\(.environment) \(.release.vcs.commit)"'
            """);
        return runner.Attach(command, async (call, _, ct) =>
        {
            await using var control = call.Connect();
            var standings = await control.ReadEnvironmentsAsync(call.Settings.Service, call.Settings.NamesEnvironment ? call.Settings.Environment : null, ct);
            if (call.Screen.IsJson)
                call.Screen.Document(standings, WireJson.Default.EnvironmentStandings);
            else
                new StandingsText(call.Screen, call.Host.Clock).Print(standings.Environments);
            return ExitCode.Ok;
        });
    }

    private static int Run(Invocation call, Project project, string? only)
    {
        var now = call.Host.Clock.GetUtcNow();
        var names = only is null ? project.Spec.AllEnvironments : [only];
        var report = new EnvironmentReport([.. names.SelectMany(name => project.Services.Select(service => EnvironmentView.Of(project.Spec, service, name, now)))]);
        if (call.Screen.IsJson)
            call.Screen.Document(report, CliJson.Default.EnvironmentReport);
        else if (only is null)
            PrintTable(call.Screen, report, now);
        else
            PrintEach(call.Screen, report, now);
        return ExitCode.Ok;
    }

    private static void PrintTable(Screen screen, EnvironmentReport report, DateTimeOffset now)
    {
        var table = new TextTable("ENVIRONMENT", "SERVICE", "INHERITS", "BRANCHES", "LEVELS", "APPROVAL", "FROZEN");
        foreach (var each in report.Environments)
            table.Add(each.Name, each.Service, Words(each.Inherits), Words(each.Branches), Levels(each), each.Approval?.ToString() ?? "-", Frozen(each, now));
        table.Print(screen);
    }

    private static void PrintEach(Screen screen, EnvironmentReport report, DateTimeOffset now)
    {
        foreach (var each in report.Environments)
        {
            screen.Line(new Styled(each.Name, Tone.Strong), $" of {each.Service}: {(each.Written ? "written in the spec" : "built in")}");
            screen.Line($"  inherits  {Words(each.Inherits)}");
            screen.Line($"  branches  {Words(each.Branches)}{(each.Enforced ? "; no other is shipped to it" : "")}");
            screen.Line($"  levels    those of {Levels(each)}");
            screen.Line($"  approval  {each.Approval?.ToString() ?? "-"}");
            screen.Line("  frozen    ", Frozen(each, now));
            foreach (var window in each.Freezes)
                screen.Line($"            {FreezeWindow.Shown(window.From)} to {FreezeWindow.Shown(window.Until)}: {TerminalText.CleanLine(window.Reason)}");
        }
    }

    private static string Words(IReadOnlyList<string> words) => words.Count == 0 ? "-" : string.Join(", ", words);

    private static string Levels(EnvironmentView each) => each.Strict ? "prod" : "elsewhere";

    private static Styled Frozen(EnvironmentView each, DateTimeOffset now) => new(each.FrozenWhen(now) ?? "-", each.Frozen ? Tone.Warning : Tone.Plain);
}
