namespace MyApp.Api.Events;

/// <summary>Keeps the link to Redis: connects as soon as it can and hears what the other replicas say.</summary>
internal sealed class RedisListener(RedisLink redis, Wakeups wakeups, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Connecting blocks, and a host's services are started one after the other.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            redis.Check(wakeups.Hear);
            await Task.Delay(Period, clock, stoppingToken);
        }
    }
}
