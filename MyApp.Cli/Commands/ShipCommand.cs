using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Rollouts;
using MyApp.Cli.Sources;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp ship [SOURCE]</c>: check the spec, hand over the source, roll out every service in it, follow to the end.</summary>
internal static class ShipCommand
{
    public static Command Create(CommandRunner runner)
    {
        var source = new SourceOptions();
        var branch = new Option<string?>("--branch")
        {
            Description = "Ship to the environment that takes this git branch, HEAD for the one checked out; with --env: what the branch is called, where git can't say", HelpName = "NAME",
        };
        var set = new SetOption();
        var command = new ExampleCommand("ship", "Builds a project and rolls it out: a release that does not get healthy never gets traffic.", """
            myapp ship
            myapp ship services/orders --env staging
            myapp ship --service orders --output json
            myapp ship --env prod --set replicas=3
            myapp ship --branch HEAD
            myapp ship https://git.example.com/orders.git#v1.4.0 --env staging
            """) { branch };
        source.AddTo(command);
        set.AddTo(command);
        return runner.Attach(command, async (call, parse, ct) =>
        {
            using var checkout = await source.OpenAsync(call, parse, ct);
            return await RunAsync(call, checkout, parse.GetValue(branch), set.Asked(parse), ct);
        });
    }

    private static async Task<int> RunAsync(Invocation call, SourceCheckout checkout, string? branch, IReadOnlyList<string>? sets, CancellationToken ct)
    {
        var project = Project.Read(call, checkout.Folder);
        var environment = await new ShipEnvironment(call, project).ChooseAsync(branch, ct);
        // Before anything is sent: what is set may fit the environment that the branch chose, or not.
        if (sets is not null)
            _ = Project.Read(call, checkout.Folder, new(sets) { Environment = environment });
        await using var control = call.Connect();
        var source = await SourceUpload.SendAsync(call, control, project, ct);
        var vcs = await checkout.VcsAsync(ct);
        var refused = ExitCode.Ok;
        var rollouts = new List<Rollout>();
        foreach (var service in project.Services)
        {
            var request = new RolloutRequest
            {
                Service = service, Environment = environment, Source = source.Digest, Vcs = vcs, Set = sets, RequestedBy = Invocation.RequestedBy,
            };
            try
            {
                rollouts.Add(await control.StartRolloutAsync(request, ct));
            }
            catch (CommandFailedException e) when (rollouts.Count > 0)
            {
                // The ones before it are on their way and are followed all the same.
                ProblemText.Print(e.Problem, call.Screen);
                refused = e.ExitCode;
                break;
            }
        }

        var worst = new RolloutOutcomes(await new RolloutFollowing(call, control).RunAsync(rollouts, ct)).Print(call.Screen);
        return refused == ExitCode.Ok ? worst : refused;
    }
}
