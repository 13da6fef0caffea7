using MyApp.Api.Events;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Configs;

/// <summary>One read of the record a beat serves every watcher of the same values; after a change that was made here it takes none.</summary>
internal sealed class WatchedReads(Wakeups wakeups, TimeProvider clock)
{
    private const int MostShared = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Service, string Environment), Shared> reads = [];

    /// <param name="beat">What the watcher has waited for last, or would wait for next.</param>
    /// <param name="oldest">As old a read may be at most: without a beat the record is asked all the same, by the first who has waited long enough.</param>
    public Task<WatchedValues> Get(Task beat, string service, string environment, TimeSpan oldest, Func<Task<ConfigView>> read)
    {
        lock (gate)
        {
            if (reads.TryGetValue((service, environment), out var shared) && ReferenceEquals(shared.Beat, beat) && !shared.Read.IsFaulted && clock.GetElapsedTime(shared.Began) < oldest)
                return shared.Read;
            return Share(service, environment, beat, WatchAsync(read));
        }
    }

    /// <summary>Wakes the watchers, and gives those of these values what they would read.</summary>
    /// <param name="before">The beat to come when the change was not yet committed. Where another came since, it may tell of a later change: then the record is read.</param>
    public void Tell(Task before, ConfigView changed)
    {
        lock (gate)
        {
            var (told, next) = wakeups.SayConfigs();
            if (ReferenceEquals(told, before))
                Share(changed.Service, changed.Environment, next, Task.FromResult(new WatchedValues(changed)));
        }
    }

    private Task<WatchedValues> Share(string service, string environment, Task beat, Task<WatchedValues> read)
    {
        // Anybody may ask for any name.
        if (reads.Count > MostShared)
            reads.Clear();
        reads[(service, environment)] = new(beat, clock.GetTimestamp(), read);
        return read;
    }

    private static async Task<WatchedValues> WatchAsync(Func<Task<ConfigView>> read) => new(await read());

    private sealed record Shared(Task Beat, long Began, Task<WatchedValues> Read);
}
