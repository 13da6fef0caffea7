using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Settings;
using MyApp.Deployment.Approvals;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp approve SERVICE</c>: signs what waits to get to an environment.</summary>
internal static class ApproveCommand
{
    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Which one");
        var file = KeyCommand.CreateOption();
        var command = new ExampleCommand("approve", "Signs the rollout of a service that waits for it: this executable with this configuration.", """
            myapp approve orders --env prod
            myapp approve orders --env prod --key ada.key.pem
            """) { service, file };
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, call.RequireService(parse.GetValue(service)), parse.GetValue(file), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string service, string? file, CancellationToken ct)
    {
        var environment = call.Settings.Environment;
        var (key, _) = await PersonalKeyFile.LoadAsync(call, file, make: false, ct);
        await using var control = call.Connect();
        if (await control.FindWaitingAsync(service, environment, ct) is not { Approval: { } approval } waiting)
            throw new CommandFailedException(ExitCode.BadInput, $"nothing of {service} waits for a signature in {environment}");
        var gate = await control.ApproveAsync(waiting.Rollout.Id, key.Sign(approval.Statement), ct);
        if (call.Screen.IsJson)
            call.Screen.Document(gate, CliJson.Default.ApprovalGate);
        else
            Print(call.Screen, waiting.Rollout.Release!, waiting.Rollout.RequestedBy, gate);
        return ExitCode.Ok;
    }

    private static void Print(Screen screen, string release, string requestedBy, ApprovalGate gate)
    {
        screen.Line(new Styled("✓ ", Tone.Good), new Styled(release, Tone.Strong), $", asked for by {TerminalText.CleanLine(requestedBy)}, is signed");
        screen.Line("  ", gate.IsOpen ? "it goes on" : $"it waits: {gate}");
    }
}
