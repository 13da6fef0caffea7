using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp start|stop|restart SERVICE</c>.</summary>
internal static class ServiceVerbCommands
{
    public static Command Create(CommandRunner runner, ServiceVerb verb)
    {
        var service = ServiceArgument.Create("Which one");
        var word = verb.ToString().ToLowerInvariant();
        var command = new ExampleCommand(word, Description(verb), $"""
            myapp {word} orders
            myapp {word} orders --env staging --yes
            """) { service };
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, verb, call.RequireService(parse.GetValue(service)), ct));
    }

    private static async Task<int> RunAsync(Invocation call, ServiceVerb verb, string service, CancellationToken ct)
    {
        var environment = call.Settings.Environment;
        if (verb == ServiceVerb.Stop && !await call.Screen.ConfirmAsync($"Stop {service} in {environment}?", ct))
        {
            call.Screen.Error("nothing was changed");
            return ExitCode.Cancelled;
        }

        await using var control = call.Connect();
        await control.CommandAsync(verb, service, environment, ct);
        if (call.Screen.IsJson)
            call.Screen.Document(await control.ReadServiceAsync(service, environment, ct), WireJson.Default.ServiceView);
        else
            call.Screen.Progress(new Styled(service, Tone.Strong), $" in {environment}: {Done(verb)}");
        return ExitCode.Ok;
    }

    private static string Description(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Start => "Starts the current release of a service that was stopped.",
        ServiceVerb.Stop => "Stops a service: drains it, ends it, and leaves it stopped.",
        _ => "Ends every instance of a service and starts it again.",
    };

    private static string Done(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Start => "started",
        ServiceVerb.Stop => "stopped",
        _ => "restarted",
    };
}
