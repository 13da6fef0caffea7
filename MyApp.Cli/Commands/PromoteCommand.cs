using System.CommandLine;
using MyApp.Cli.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp promote SERVICE --from E --env F</c>: what one environment runs, in another, without building it again.</summary>
internal static class PromoteCommand
{
    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Which one");
        var from = new Option<string>("--from") { Description = "The environment that has it", HelpName = "E", Required = true };
        var release = new Option<string?>("--release") { Description = "The release (default: the one that has the traffic there)", HelpName = "RELEASE" };
        var set = new SetOption();
        var command = new ExampleCommand("promote", "Ships the executable that another environment runs, bit by bit the same, with the configuration of this one.", """
            myapp promote orders --from staging --env prod
            myapp promote orders --from staging --release orders-staging-12 --env prod
            """) { service, from, release };
        set.AddTo(command);
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, call.RequireService(parse.GetValue(service)), parse.GetValue(from)!, parse.GetValue(release), set.Asked(parse), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string service, string from, string? release, IReadOnlyList<string>? sets, CancellationToken ct)
    {
        var environment = call.Settings.Environment;
        if (!Names.IsValid(from))
            throw new CommandFailedException(ExitCode.BadInput, $"--from: '{from}' is not a name: {Names.Rule}");
        if (from == environment)
            throw new CommandFailedException(ExitCode.BadInput, $"--from and --env are both {from}: a release is promoted from one environment to another");
        Check(environment, sets ?? []);
        await using var control = call.Connect();
        var promoted = release ?? (await control.ReadServiceAsync(service, from, ct)).Release
            ?? throw new CommandFailedException(ExitCode.BadInput, $"no release of {service} has the traffic in {from}");
        var request = new RolloutRequest { Service = service, Environment = environment, Promotes = promoted, Set = sets, RequestedBy = Invocation.RequestedBy };
        var rollout = await control.StartRolloutAsync(request, ct);
        return new RolloutOutcomes(await new RolloutFollowing(call, control).RunAsync([rollout], ct)).Print(call.Screen);
    }

    // The spec lies with the source that was shipped before; the keys there may be are known here.
    private static void Check(string environment, IReadOnlyList<string> sets)
    {
        var problems = new List<SpecProblem>();
        _ = SpecLayers.Of(environment, [], sets, null, problems);
        if (problems.Count > 0)
            throw CommandFailedException.BadInput("values that can't be set", [.. problems.Select(problem => problem.ToString())]);
    }
}
