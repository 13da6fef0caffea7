using MyApp.Api.Events;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Configs;

/// <summary>Waits for a service's values to change. One read of the record a beat serves every watcher of the same values.</summary>
internal sealed class ConfigWatch(ConfigStore store, Wakeups wakeups)
{
    // A beat of another replica may be lost, with Redis away.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private const int MostShared = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Service, string Environment), (Task Beat, Task<ConfigView> Read)> reads = [];

    /// <summary>What holds; as soon as it is another version than the known one, or after the time that is waited at most.</summary>
    public async Task<ConfigView> NextAsync(string service, string environment, long known, TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var beat = wakeups.Configs.Next;
            var now = await ReadAsync(beat, service, environment).WaitAsync(ct);
            var left = atMost - clock.GetElapsedTime(began);
            if (now.Version != known || left <= TimeSpan.Zero)
                return now;
            await wakeups.Configs.WaitAsync(beat, left < Poll ? left : Poll, ct);
            // Without a beat the record is asked all the same.
            if (!beat.IsCompleted)
                Forget(service, environment);
        }
    }

    private Task<ConfigView> ReadAsync(Task beat, string service, string environment)
    {
        lock (gate)
        {
            if (reads.TryGetValue((service, environment), out var shared) && ReferenceEquals(shared.Beat, beat) && !shared.Read.IsFaulted)
                return shared.Read;
            // Anybody may ask for any name.
            if (reads.Count > MostShared)
                reads.Clear();
            var read = store.ReadAsync(service, environment, null, CancellationToken.None);
            reads[(service, environment)] = (beat, read);
            return read;
        }
    }

    private void Forget(string service, string environment)
    {
        lock (gate)
            reads.Remove((service, environment));
    }
}
