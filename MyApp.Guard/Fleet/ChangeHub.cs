using System.Threading.Channels;

namespace MyApp.Guard.Fleet;

/// <summary>Tells watchers which units have changed. A slow watcher gets one notice for many changes, and none is lost.</summary>
internal sealed class ChangeHub
{
    private readonly Lock gate = new();
    private readonly List<Watcher> watchers = [];

    public Watcher Watch()
    {
        var watcher = new Watcher();
        lock (gate)
            watchers.Add(watcher);
        return watcher;
    }

    public void Unwatch(Watcher watcher)
    {
        lock (gate)
            watchers.Remove(watcher);
    }

    public void Tell(UnitKey unit)
    {
        lock (gate)
        {
            foreach (var watcher in watchers)
                watcher.Tell(unit);
        }
    }

    internal sealed class Watcher
    {
        private readonly HashSet<UnitKey> changed = [];
        private readonly Channel<bool> bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Tell(UnitKey unit)
        {
            lock (changed)
                changed.Add(unit);
            bell.Writer.TryWrite(true);
        }

        /// <summary>Waits for the next change and takes all there are.</summary>
        public async Task<IReadOnlyList<UnitKey>> NextAsync(CancellationToken ct)
        {
            await bell.Reader.ReadAsync(ct);
            lock (changed)
            {
                UnitKey[] taken = [.. changed];
                changed.Clear();
                return taken;
            }
        }
    }
}
