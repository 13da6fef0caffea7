using System.CommandLine;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp config diff RELEASE RELEASE</c>: what two releases were resolved to differently.</summary>
internal static class ConfigDiffCommand
{
    public static Command Create(CommandRunner runner)
    {
        var from = new Argument<string>("RELEASE") { Description = "The one before, e.g. orders-prod-11" };
        var to = new Argument<string>("OTHER") { Description = "The one after" };
        var command = new ExampleCommand("diff", "Tells what is different between two releases, field by field; of the environment only the names.", """
            myapp config diff orders-prod-11 orders-prod-12
            """) { from, to };
        return runner.Attach(command, async (call, parse, ct) =>
        {
            await using var settings = call.ConnectSettings();
            var diff = await settings.DiffReleasesAsync(parse.GetValue(from)!, parse.GetValue(to)!, ct);
            if (call.Screen.IsJson)
                call.Screen.Document(diff, WireJson.Default.ReleaseDiff);
            else if (diff.Changes.Count == 0)
                call.Screen.Line("they are the same");
            else
                foreach (var change in diff.Changes)
                    call.Screen.Line(change);
            return ExitCode.Ok;
        });
    }
}
