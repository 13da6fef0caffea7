using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp status [SERVICE]</c>: exit code 4 where the one named has failed or keeps crashing.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Only this one, with its instances");
        var command = new ExampleCommand("status", "Shows the services of an environment as they are now.", """
            myapp status
            myapp status orders --env prod
            myapp status --output json | jq -r '.services[].state'
            """) { service };
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, parse.GetValue(service), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string? argument, CancellationToken ct)
    {
        await using var control = call.Connect();
        var one = argument is not null || call.Settings.Service is not null;
        var services = one
            ? new ServiceList([await control.ReadServiceAsync(call.RequireService(argument), call.Settings.Environment, ct)])
            : await control.ListServicesAsync(call.Settings.Environment, ct);
        if (call.Screen.IsJson)
            call.Screen.Document(services, WireJson.Default.ServiceList);
        else if (one)
            new StatusText(call.Screen, call.Host.Clock).PrintOne(services.Services[0]);
        else
            new StatusText(call.Screen, call.Host.Clock).PrintAll(services.Services, call.Settings.Environment);
        return one && services.Services[0].State is ServiceState.Failed or ServiceState.CrashLoop ? ExitCode.Unhealthy : ExitCode.Ok;
    }
}
