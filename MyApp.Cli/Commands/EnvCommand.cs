using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.Environments;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>env list</c> and <c>env show</c>.</summary>
internal sealed record EnvironmentReport(IReadOnlyList<EnvironmentView> Environments);

/// <summary>An environment as one service sees it.</summary>
/// <param name="Written">The spec has an overlay for it; without one it is built in.</param>
/// <param name="Inherits">The nearest first.</param>
/// <param name="Branches">Which <c>ship --branch</c> takes to it.</param>
/// <param name="Enforced">The spec has the branches written, so that no other is shipped to it.</param>
/// <param name="Strict">The levels of prod hold.</param>
/// <param name="Frozen">Nothing new is shipped to it now.</param>
/// <param name="Approval">Who has to sign; null: nobody.</param>
internal sealed record EnvironmentView(
    string Name, string Service, bool Written, IReadOnlyList<string> Inherits, IReadOnlyList<string> Branches, bool Enforced, bool Strict, bool Frozen, IReadOnlyList<FreezeWindow> Freezes,
    ApprovalRule? Approval);

/// <summary><c>myapp env list|show</c>: the environments of a project and what holds for shipping to them.</summary>
internal static class EnvCommand
{
    public static Command Create(CommandRunner runner) =>
        new("env", "Shows the environments of a project and what holds for shipping to them.") { CreateList(runner), CreateShow(runner) };

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

    private static int Run(Invocation call, Project project, string? only)
    {
        var now = call.Host.Clock.GetUtcNow();
        var names = only is null ? project.Spec.AllEnvironments : [only];
        var report = new EnvironmentReport([.. names.SelectMany(name => project.Services.Select(service => View(project.Spec.Find(service, name)!, project.Spec.Environments.Contains(name), now)))]);
        if (call.Screen.IsJson)
            call.Screen.Document(report, CliJson.Default.EnvironmentReport);
        else if (only is null)
            PrintTable(call.Screen, report, now);
        else
            PrintEach(call.Screen, report, now);
        return ExitCode.Ok;
    }

    private static EnvironmentView View(ServiceSpec spec, bool written, DateTimeOffset now) => new(
        spec.Environment, spec.Service, written, spec.Inherits, ShipEnvironment.Patterns(spec.Rules, spec.Environment), spec.Rules.Branches.Count > 0,
        spec.IsFor(RuleAbout.Prod), spec.Rules.Freezes.Any(window => window.Holds(now)), spec.Rules.Freezes, spec.Rules.Approval);

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

    private static Styled Frozen(EnvironmentView each, DateTimeOffset now) => each.Freezes.Where(window => window.Holds(now)).MaxBy(window => window.Until) is { } window
        ? new Styled($"until {FreezeWindow.Shown(window.Until)}", Tone.Warning)
        : each.Freezes.Where(window => window.From > now).MinBy(window => window.From) is { } next ? new Styled($"from {FreezeWindow.Shown(next.From)}", Tone.Plain) : new Styled("-", Tone.Plain);
}
