using System.CommandLine;
using MyApp.Cli.Sources;
using MyApp.Deployment.Units;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp plan [DIR]</c>: what a ship would run, and what the target can't do; touches nothing.</summary>
internal static class PlanCommand
{
    public static Command Create(CommandRunner runner)
    {
        var folder = FolderArgument.Create();
        var target = new Option<string>("--target", "-t") { Description = "Where it would run", DefaultValueFactory = _ => "guard", HelpName = "T" };
        target.AcceptOnlyFromAmong("guard");
        var set = new SetOption();
        var command = new ExampleCommand("plan", "Shows what a ship would run, field by field, with what the config server keeps (with --local without); changes nothing.", """
            myapp plan
            myapp plan services/orders --env prod
            myapp plan --env prod --set replicas=3
            myapp plan --output json | jq '.services[0].unit.env'
            """) { folder, target };
        set.AddTo(command);
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, parse.GetValue(folder)!, parse.GetValue(target)!, set.Around(parse), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string folder, string target, SpecSurroundings? around, CancellationToken ct)
    {
        var project = Project.Read(call, folder, await ConfigServerValues.AroundAsync(call, folder, around, ct));
        var paths = call.DataPaths();
        var plans = project.Services.Select(s => Planner.Plan(project.Spec, s, call.Settings.Environment, project.Folder, paths, call.Today)!).ToList();
        if (call.Screen.IsJson)
            call.Screen.Document(new PlanReports([.. plans.Select(p => PlanReport.Of(p, target))]), CliJson.Default.PlanReports);
        else
            plans.ForEach(p => PlanReport.Of(p, target).Print(call.Screen));
        return plans.Exists(p => p.HasErrors) ? ExitCode.BadInput : ExitCode.Ok;
    }
}
