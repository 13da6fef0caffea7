using System.Buffers.Text;
using System.Diagnostics;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api.Watching;

/// <summary>Something that tells many watchers of a change.</summary>
internal abstract class WatchedServer : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<Task> watching = [];
    private readonly CancellationTokenSource end = new();
    private readonly List<long> arrivals = [];
    private int awaited;

    public abstract string Name { get; }

    /// <summary>Comes before the number of the change in what a watcher reads.</summary>
    protected abstract ReadOnlyMemory<byte> Marker { get; }

    /// <summary>Returns when all are told of changes.</summary>
    public async Task WatchAsync(int watchers, CancellationToken ct)
    {
        using var connected = new CountdownEvent(watchers);
        for (var i = 0; i < watchers; i++)
            watching.Add(ReadAsync(connected));
        Assert.True(await Task.Run(() => connected.Wait(TimeSpan.FromSeconds(60), ct), ct), $"{Name}: {connected.CurrentCount} watchers are not connected");
    }

    /// <summary>Makes change <paramref name="number"/>, the first is 1; every watcher must hear of it before the next.</summary>
    /// <returns>For each watcher the time from the request to the arrival, in milliseconds.</returns>
    public async Task<IReadOnlyList<double>> MeasureAsync(int number, CancellationToken ct)
    {
        lock (gate)
        {
            arrivals.Clear();
            awaited = number;
        }

        var asked = Stopwatch.GetTimestamp();
        await ChangeAsync(number, ct);
        await Eventually.TrueAsync(() => Arrivals().Count == watching.Count, $"every watcher of {Name} has change {number}", TimeSpan.FromSeconds(30), ct);
        return [.. Arrivals().Select(at => Stopwatch.GetElapsedTime(asked, at).TotalMilliseconds)];
    }

    public virtual async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(watching);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // As it is to be.
        }

        end.Dispose();
    }

    /// <summary>A stream on which the answers come; what comes first says that changes will follow.</summary>
    protected abstract Task<Stream> OpenAsync(CancellationToken ct);

    protected abstract Task ChangeAsync(int number, CancellationToken ct);

    private async Task ReadAsync(CountdownEvent connected)
    {
        await using var body = await OpenAsync(end.Token);
        var buffer = new byte[4096];
        Assert.NotEqual(0, await body.ReadAsync(buffer, end.Token));
        connected.Signal();
        while (await body.ReadAsync(buffer, end.Token) is > 0 and var count)
        {
            // Messages are small, and the next change waits until everybody has this one: what comes at once is at most one.
            var at = Stopwatch.GetTimestamp();
            var read = buffer.AsSpan(0, count);
            if (read.IndexOf(Marker.Span) is not (>= 0 and var marker) || !Utf8Parser.TryParse(read[(marker + Marker.Length)..], out int number, out _))
                continue;
            lock (gate)
            {
                if (number == awaited)
                    arrivals.Add(at);
            }
        }
    }

    private IReadOnlyList<long> Arrivals()
    {
        lock (gate)
            return [.. arrivals];
    }
}
