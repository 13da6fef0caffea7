using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MyApp.Hosting.Engine.Logs;

/// <summary>The latest lines of one resource and those who follow them.</summary>
internal sealed class ResourceLog(TimeProvider clock, Action<LogLine> written)
{
    private const int Kept = 10_000;

    private readonly Lock gate = new();
    private readonly Queue<LogLine> backlog = new();
    private readonly List<Channel<LogLine>> followers = [];
    private int lineNumber;
    private bool completed;

    public void Write(string text, bool isError)
    {
        LogLine line;
        lock (gate)
        {
            var time = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
            line = new LogLine(++lineNumber, $"{time} {text}", isError);
            backlog.Enqueue(line);
            if (backlog.Count > Kept)
                backlog.Dequeue();
            foreach (var follower in followers)
                follower.Writer.TryWrite(line);
        }

        written(line);
    }

    public IReadOnlyList<LogLine> Latest(int count)
    {
        lock (gate)
            return [.. backlog.TakeLast(count)];
    }

    public void Clear()
    {
        lock (gate)
            backlog.Clear();
    }

    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            foreach (var follower in followers)
                follower.Writer.TryComplete();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync()
    {
        await Task.CompletedTask;
        if (Latest(Kept) is { Count: > 0 } lines)
            yield return lines;
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        var channel = Channel.CreateUnbounded<LogLine>(new UnboundedChannelOptions { SingleReader = true });
        Follow(channel);
        try
        {
            while (await channel.Reader.WaitToReadAsync(ct))
            {
                var batch = new List<LogLine>();
                while (channel.Reader.TryRead(out var line))
                    batch.Add(line);
                yield return batch;
            }
        }
        finally
        {
            lock (gate)
                followers.Remove(channel);
        }
    }

    private void Follow(Channel<LogLine> channel)
    {
        lock (gate)
        {
            foreach (var line in backlog)
                channel.Writer.TryWrite(line);
            followers.Add(channel);
            if (completed)
                channel.Writer.TryComplete();
        }
    }
}
