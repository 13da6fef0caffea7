using System.CommandLine;
using MyApp.Cli.Rollouts;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp rollback SERVICE [--to RELEASE]</c>.</summary>
internal static class RollbackCommand
{
    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Which one");
        var to = new Option<string?>("--to") { Description = "The release to go to (default: the one before the current)", HelpName = "RELEASE" };
        var command = new ExampleCommand("rollback", "Moves a service back to a release that exists; the running one stays until the other is ready.", """
            myapp rollback orders
            myapp rollback orders --to orders-prod-7 --env prod --yes
            """) { service, to };
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, call.RequireService(parse.GetValue(service)), parse.GetValue(to), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string service, string? to, CancellationToken ct)
    {
        var environment = call.Settings.Environment;
        if (!await call.Screen.ConfirmAsync($"Roll {service} in {environment} back to {to ?? "the release before this one"}?", ct))
        {
            call.Screen.Error("nothing was changed");
            return ExitCode.Cancelled;
        }

        await using var control = call.Connect();
        var rollout = await control.RollBackAsync(service, new RollbackRequest(environment, to, Invocation.RequestedBy), ct);
        return new RolloutOutcomes(await new RolloutFollowing(call, control).RunAsync([rollout], ct)).Print(call.Screen);
    }
}
