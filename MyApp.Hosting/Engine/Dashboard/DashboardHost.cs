using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyApp.Deployment.Transport;
using MyApp.Hosting.Engine.Dashboard.Grpc;
using MyApp.Hosting.Engine.Dashboard.Resources;

namespace MyApp.Hosting.Engine.Dashboard;

/// <summary>The resource service and, as its client, the official dashboard: up with the application and down with it.</summary>
internal sealed class DashboardHost(
    DashboardSettings settings, DashboardService service, TimeProvider clock, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly ILogger logger = loggers.CreateLogger("MyApp.Hosting.Dashboard");
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<Uri?> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DashboardProcess process = new(settings, clock, loggers.CreateLogger("MyApp.Hosting.Dashboard.Output"));
    private GrpcServer? server;
    private Task running = Task.CompletedTask;
    private bool isDisposed;

    /// <summary>The address that logs a browser in, once the dashboard answers; null where there is none.</summary>
    public Task<Uri?> Ready => ready.Task;

    public Uri? LoginUrl => ready.Task is { IsCompletedSuccessfully: true, Result: var url } ? url : null;

    /// <summary>Of the shim the dashboard runs under; 0 before it was started.</summary>
    internal int ProcessId => process.ProcessId;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Program is null)
        {
            logger.LogInformation("No dashboard: {Reason}.", settings.Missing);
            ready.TrySetResult(null);
            return;
        }
        server = new GrpcServer(service.Methods, new ApiKey(settings.ResourceServiceKey).IsIn, settings.ResourceServicePort, loggers);
        await server.StartAsync(cancellationToken);
        running = RunAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await running;
        if (Interlocked.Exchange(ref server, null) is { } stopped)
            await stopped.DisposeAsync();
    }

    // The container holds it twice, as itself and as a hosted service, and disposes of it twice.
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        await StopAsync(CancellationToken.None);
        isDisposed = true;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var announcing = AnnounceAsync(ended.Token);
        try
        {
            await process.RunAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.LogDebug("The dashboard was stopped.");
        }
        catch (ProgramStartException missing)
        {
            logger.LogWarning("No dashboard: {Reason}.", missing.Message);
        }
        await ended.CancelAsync();
        await announcing;
        ready.TrySetResult(null);
    }

    private async Task AnnounceAsync(CancellationToken ct)
    {
        try
        {
            await DashboardAnswer.WaitAsync(new Uri(settings.FrontendUrl), clock, ct);
            ready.TrySetResult(settings.LoginUrl);
            logger.LogInformation("Dashboard: {LoginUrl}", settings.LoginUrl);
        }
        catch (OperationCanceledException)
        {
            logger.LogDebug("The dashboard ended before it answered.");
        }
    }
}
