namespace Orders;

/// <summary>
/// Tells clients for a moment that their connection ends before idle ones are closed: a request that meets the close of a kept
/// connection is lost for most clients. A new connection reaches an instance that stays.
/// </summary>
internal sealed class ConnectionNotice : IHostedLifecycleService
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(1);

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        if (context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
            context.Response.Headers.Connection = "close";
        return next(context);
    }

    // Before the server stops: it is the first thing that is done on SIGTERM.
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(Time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
