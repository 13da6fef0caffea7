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
        var before = await control.ReadServiceAsync(service, environment, ct);
        await control.CommandAsync(verb, service, environment, ct);
        var now = verb == ServiceVerb.Stop ? await control.ReadServiceAsync(service, environment, ct) : await ArriveAsync(call, control, before, verb, ct);
        if (call.Screen.IsJson)
            call.Screen.Document(now, WireJson.Default.ServiceView);
        else
            call.Screen.Progress(new Styled(service, Tone.Strong), $" in {environment}: {Done(verb)}{Where(now)}");
        return ExitCode.Ok;
    }

    private static async Task<ServiceView> ArriveAsync(Invocation call, IControl control, ServiceView before, ServiceVerb verb, CancellationToken ct)
    {
        var arrival = new ServiceArrival(before, verb);
        var now = await arrival.WaitAsync(control, call.Host.Clock, ct);
        if (arrival.Failed(now) is { } failed)
            throw Unhealthy(before, $"{failed.Id} did not come up: {failed.LastExit ?? failed.State}", $"'myapp why {before.Name}' tells more");
        if (arrival.HasArrived(now))
            return now;
        var words = now.Instances.FirstOrDefault(i => !arrival.HasArrived(now, i)) is { } late
            ? $"{late.Id} is {late.State}, {late.LastProbe ?? late.WaitsFor ?? "and nothing is known of it"}"
            : now.Reason ?? "it has no instance";
        throw Unhealthy(before, $"not {Done(verb)} after {ServiceArrival.Patience.TotalSeconds:0} s: {words}", $"it goes on: 'myapp status {before.Name}' tells how far it is");
    }

    private static CommandFailedException Unhealthy(ServiceView service, string what, string more) =>
        new(ExitCode.Unhealthy, $"{service.Name} in {service.Environment}: {what}; {more}");

    // Nothing beside the word where that says it all.
    private static string Where(ServiceView now) => now.Instances.FirstOrDefault(i => i is { State: "waiting", WaitsFor: not null }) is { } waiting
        ? $", and waits for {waiting.WaitsFor}" : "";

    private static string Description(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Start => "Starts the current release of a service that was stopped, and waits until it is up.",
        ServiceVerb.Stop => "Stops a service: drains it, ends it, and leaves it stopped.",
        _ => "Ends every instance of a service, starts it again, and waits until all are up.",
    };

    private static string Done(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Start => "started",
        ServiceVerb.Stop => "stopped",
        _ => "restarted",
    };
}
