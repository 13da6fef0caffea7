using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyApp.Hosting.Engine.Publishing;

namespace MyApp.Hosting.Engine;

/// <summary>What <see cref="DistributedApplication.Run"/> does: run until told to stop, or publish and end.</summary>
internal static class AppHostRun
{
    public static async Task RunAsync(IHost host, CancellationToken ct)
    {
        if (host.Services.GetRequiredService<DistributedApplicationExecutionContext>().IsRunMode)
        {
            await RunUntilStoppedAsync(host, ct);
            return;
        }

        var arguments = host.Services.GetRequiredService<AppHostArguments>();
        try
        {
            await host.Services.GetRequiredService<Publisher>().PublishAsync(ct);
        }
        catch (Exception failure) when (failure is DistributedApplicationException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(arguments.ExceptionDetails ? failure.ToString() : $"publish failed: {failure.Message}");
            Environment.ExitCode = 1;
        }
    }

    private static async Task RunUntilStoppedAsync(IHost host, CancellationToken ct)
    {
        try
        {
            await host.StartAsync(ct);
            await host.WaitForShutdownAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // Told to stop before everything had started: what had is stopped all the same.
            await host.StopAsync(CancellationToken.None);
        }
    }
}
