using System.Threading.Channels;
using MyApp.Guard.Native;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>The log of a service in an environment: its live files, who follows them, and what keeps them from being written.</summary>
internal sealed class ServiceLog : IDisposable
{
    private const int FollowerBacklog = 10_000;
    private readonly LogPump pump;
    private readonly string folder;
    private readonly LogFile[] files;
    private readonly LogTrouble[] troubles;
    private readonly FloorWatch floor;
    private readonly List<LogFollower> followers = [];
    private LogRule? rule;

    /// <param name="folder"><c>{logs}/{environment}/{service}</c>.</param>
    public ServiceLog(LogPump pump, string folder)
    {
        (this.pump, this.folder) = (pump, folder);
        files = [.. LogStreams.All.Select(s => new LogFile(folder, s, pump.Clock))];
        troubles = [.. files.Select(f => new LogTrouble(f.Path, pump))];
        floor = new FloorWatch(folder, pump);
    }

    public string Folder => folder;

    /// <summary>What keeps lines from being written now, in words; null: nothing.</summary>
    public string? Trouble
    {
        get
        {
            lock (pump.Gate)
                return floor.Problem ?? troubles.FirstOrDefault(t => t.Problem is not null)?.ToString();
        }
    }

    /// <summary>Takes up a unit's rule; the one that was taken up last counts for what is kept.</summary>
    public void Adopt(LogRule adopted)
    {
        rule = adopted;
        pump.Tidier.Watch(this, adopted);
    }

    /// <summary>Opens the live file, and begins a new one where the period asks for it.</summary>
    /// <returns>Bytes that fit; negative: it can't be written now.</returns>
    public long Prepare(LogStream stream, LogSource source)
    {
        if (stream.IsExpendable() && floor.IsLow())
            return -1;
        return Guarded(stream, () => files[(int)stream].Prepare(source.Rule, source.Now), source);
    }

    /// <summary>Begins a new file.</summary>
    /// <returns>As <see cref="Prepare"/>.</returns>
    public long MakeRoom(LogStream stream, LogSource source) => Guarded(stream, () =>
    {
        files[(int)stream].Rotate(source.Now);
        return true;
    }, source);

    public bool IsFollowed => followers.Count > 0;

    /// <summary>Moves whole lines from a pipe inside the kernel; no less than all but when the file can't be written.</summary>
    public int Splice(LogSource source, int pipe, int count)
    {
        var (moved, problem) = files[(int)source.Stream].TrySplice(pipe, count, source.Now);
        if (problem is not null)
            troubles[(int)source.Stream].Met(problem);
        else
            troubles[(int)source.Stream].Over();
        return moved;
    }

    public LogFile File(LogStream stream) => files[(int)stream];

    /// <summary>Whether a stream that can't be written is still worth waiting for.</summary>
    public bool IsWorthWaiting(LogStream stream) => !stream.IsExpendable() && troubles[(int)stream].IsFresh;

    /// <returns>False: nothing was written.</returns>
    public bool TryWrite(StreamBatch batch, LogSource source)
    {
        var stream = batch.Stream;
        if (files[(int)stream].TryAppend(batch.Content, source.Now) is { } problem)
        {
            troubles[(int)stream].Met(problem);
            return false;
        }

        troubles[(int)stream].Over();
        source.Said(stream);
        foreach (var follower in followers)
            follower.Offer(batch, source);
        return true;
    }

    public void Drop(LogStream stream, LogSource source, int lines)
    {
        if (lines == 0)
            return;
        source.Drop(stream, lines);
        (floor.Problem is null || !stream.IsExpendable() ? troubles[(int)stream] : floor.Lost).Count(lines);
    }

    /// <summary>The last lines, oldest first, and (with <paramref name="follow"/>) all after them: none twice, none left out.</summary>
    /// <param name="since">Only lines from this time on; null: from the beginning.</param>
    public (IReadOnlyList<GuardLogLine> Tail, LogFollower? Follower) Read(LogStream? stream, int tail, DateTimeOffset? since, bool follow)
    {
        LogFollower? follower = null;
        var snapshots = new List<LogSnapshot>();
        lock (pump.Gate)
        {
            foreach (var wanted in LogStreams.All.Where(s => stream is null || s == stream))
                snapshots.Add(LogSnapshot.Take(folder, wanted, since));
            if (follow)
                followers.Add(follower = new LogFollower(stream, Channel.CreateBounded<GuardLogLine>(FollowerBacklog)));
        }

        try
        {
            return (LogSearch.Read(snapshots, new(tail, since)), follower);
        }
        finally
        {
            snapshots.ForEach(s => s.Dispose());
        }
    }

    public void Unfollow(LogFollower follower)
    {
        lock (pump.Gate)
            followers.Remove(follower);
    }

    public void Dispose()
    {
        pump.Tidier.Forget(this);
        lock (pump.Gate)
        {
            foreach (var file in files)
                file.Dispose();
            foreach (var follower in followers)
                follower.Lines.Writer.TryComplete();
        }
    }

    private long Guarded(LogStream stream, Func<bool> prepare, LogSource source)
    {
        try
        {
            if (prepare() && rule is not null)
                pump.Tidier.Tidy(this);
            return Math.Max(0, source.Rule.MaxFileBytes - files[(int)stream].Length);
        }
        catch (Exception e) when (e is IOException or NativeException or UnauthorizedAccessException)
        {
            troubles[(int)stream].Met(e.Message);
            return -1;
        }
    }
}
