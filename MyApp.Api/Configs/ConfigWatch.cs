using MyApp.Api.Events;

namespace MyApp.Api.Configs;

/// <summary>Waits for a service's values to change.</summary>
internal sealed class ConfigWatch(ConfigStore store, WatchedReads reads, Wakeups wakeups)
{
    // A beat of another replica may be lost, with Redis away.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <summary>What holds; as soon as it is another version than the known one, or after the time that is waited at most.</summary>
    public async Task<WatchedValues> NextAsync(string service, string environment, long known, TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var beat = wakeups.Configs.Next;
            // Not by this watcher's token: others share the read.
            var now = await reads.Get(beat, service, environment, Poll, () => store.ReadAsync(service, environment, null, CancellationToken.None)).WaitAsync(ct);
            var left = atMost - clock.GetElapsedTime(began);
            if (now.View.Version != known || left <= TimeSpan.Zero)
                return now;
            await wakeups.Configs.WaitAsync(beat, left < Poll ? left : Poll, ct);
        }
    }
}
