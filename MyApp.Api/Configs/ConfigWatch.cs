using MyApp.Api.Events;

namespace MyApp.Api.Configs;

/// <summary>Waits for a service's values to change. One read of the record a beat serves every watcher of the same values.</summary>
internal sealed class ConfigWatch(ConfigStore store, Wakeups wakeups)
{
    // A beat of another replica may be lost, with Redis away.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private const int MostShared = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Service, string Environment), Shared> reads = [];

    /// <summary>What holds; as soon as it is another version than the known one, or after the time that is waited at most.</summary>
    public async Task<WatchedValues> NextAsync(string service, string environment, long known, TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var beat = wakeups.Configs.Next;
            var now = await ReadAsync(beat, service, environment, clock).WaitAsync(ct);
            var left = atMost - clock.GetElapsedTime(began);
            if (now.View.Version != known || left <= TimeSpan.Zero)
                return now;
            await wakeups.Configs.WaitAsync(beat, left < Poll ? left : Poll, ct);
        }
    }

    // Without a beat the record is asked all the same, by the first who has waited long enough.
    private Task<WatchedValues> ReadAsync(Task beat, string service, string environment, TimeProvider clock)
    {
        lock (gate)
        {
            if (reads.TryGetValue((service, environment), out var shared) && ReferenceEquals(shared.Beat, beat) && !shared.Read.IsFaulted && clock.GetElapsedTime(shared.Began) < Poll)
                return shared.Read;
            // Anybody may ask for any name.
            if (reads.Count > MostShared)
                reads.Clear();
            var read = ReadAsync(service, environment);
            reads[(service, environment)] = new(beat, clock.GetTimestamp(), read);
            return read;
        }
    }

    private async Task<WatchedValues> ReadAsync(string service, string environment) => new(await store.ReadAsync(service, environment, null, CancellationToken.None));

    private sealed record Shared(Task Beat, long Began, Task<WatchedValues> Read);
}
