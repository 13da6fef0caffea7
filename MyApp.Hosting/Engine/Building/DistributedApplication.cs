using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyApp.Hosting.Engine;
using MyApp.Hosting.Engine.Testing;

namespace Aspire.Hosting;

public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost host;
    private readonly TestedBuild? tested;
    private bool disposed;

    public DistributedApplication(IHost host) : this(host, null)
    {
    }

    internal DistributedApplication(IHost host, TestedBuild? tested)
    {
        this.host = host;
        this.tested = tested;
    }

    public IServiceProvider Services => host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Starts everything, waits for Ctrl-C or SIGTERM, stops everything; or publishes, when the arguments say so.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (tested is not null)
        {
            await tested.EndedAsync(cancellationToken);
            return;
        }

        await using (this)
            await AppHostRun.RunAsync(host, cancellationToken);
    }

    public virtual Task StartAsync(CancellationToken cancellationToken = default) => host.StartAsync(cancellationToken);

    public virtual Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        tested?.End();
        // A test that forgets to stop must not leave processes behind; stopping twice is harmless.
        await Services.GetRequiredService<Orchestrator>().StopAsync(CancellationToken.None);
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();
        GC.SuppressFinalize(this);
    }
}
