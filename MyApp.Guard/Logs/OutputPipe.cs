using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>
/// A FIFO in the file system through which an instance writes. Both ends open it for reading and writing: a guard that dies gives the
/// program no SIGPIPE, and what it writes meanwhile waits in the pipe for the next guard.
/// </summary>
internal sealed class OutputPipe : IDisposable
{
    public const int Capacity = 1024 * 1024;
    private const int LeastSplice = 64 * 1024;
    private const int LineEnd = 4096;
    private readonly SafeFileHandle handle;
    private readonly LogPump pump;
    private readonly string path;
    private readonly ServiceLog log;
    private readonly LogSource source;
    private readonly RecentLines recent = new();
    private readonly LineCarry carry;
    private readonly byte[] paths;
    private readonly int pathLength;

    public OutputPipe(string path, LogPump pump, ServiceLog log, LogSource source)
    {
        (this.path, this.pump, this.log, this.source) = (path, pump, log, source);
        paths = Encoding.UTF8.GetBytes(path + log.Folder);
        pathLength = Encoding.UTF8.GetByteCount(path);
        // 0600: the program gets descriptors, not the path.
        if (!File.Exists(path))
            NativeException.ThrowIf(Libc.mkfifo(path, 0b110_000_000) < 0, $"mkfifo {path}");
        handle = Fd.Open(path, O_RDWR | O_NONBLOCK);
        // Best effort: an unprivileged user may be over its limit of pipe memory.
        _ = Libc.fcntl(Fd.Number(handle), F_SETPIPE_SZ, Capacity);
        carry = new LineCarry(CarryPath(path));
        carry.Load();
        pump.Add(this);
        pump.Store.Keep(StoredName, Descriptor);
    }

    public int Descriptor => Fd.Number(handle);

    /// <summary>At most so many of the last lines with the times they were read, oldest first.</summary>
    public List<(DateTimeOffset Time, string Text)> LastLines(int count)
    {
        lock (pump.Gate)
            return recent.Last(count);
    }

    /// <summary>Already in the pump's queue.</summary>
    public bool IsQueued { get; set; }

    public static string CarryPath(string pipe) => pipe + ".part";

    /// <summary>A blocking end for the program. Of its own open file: O_NONBLOCK is a property of that.</summary>
    public SafeFileHandle OpenForProgram(uint? owner)
    {
        // So that a program may open /dev/stdout once more as the user it has become.
        if (owner is { } uid)
            NativeException.ThrowIf(Libc.chown(path, uid, uint.MaxValue) < 0, $"chown {path}");
        return Fd.Open(path, O_RDWR);
    }

    /// <summary>Takes what has been written so far, with a last line that has no end; call it when the writers are gone.</summary>
    public void Finish()
    {
        lock (pump.Gate)
        {
            // What a writer that was left behind goes on writing is none of the instance that has ended.
            for (var taken = 0L; taken <= Capacity;)
            {
                var (count, _) = Step(PumpHaste.Impatient);
                if (count <= 0)
                    break;
                taken += count;
            }

            Step(PumpHaste.Last);
        }
    }

    /// <summary>Leader of the session that has this pipe as its standard output: the first that began, as what it starts may lead others.</summary>
    public ProcessIdentity? Writer() => ProcFs.All()
        .Where(p => !p.IsZombie && p.Pid == p.Session && ProcFs.LinkTarget(p.Pid, 1) == path)
        .MinBy(p => p.StartTime) is { } first ? new ProcessIdentity(first.Pid, first.StartTime, ProcFs.BootId) : null;

    public void Dispose()
    {
        lock (pump.Gate)
        {
            pump.Remove(this);
            handle.Dispose();
            carry.Delete();
        }

        pump.Store.Forget(StoredName);

        File.Delete(path);
    }

    /// <summary>Writes a chunk of what is in the pipe and takes it out. Used under the pump's gate.</summary>
    /// <returns>Bytes taken out of the pipe; and whether lines wait for their file to be written again.</returns>
    public (int Taken, bool Waits) Step(PumpHaste haste)
    {
        if (handle.IsClosed)
            return (0, false);
        source.Now = pump.Clock.GetUtcNow();
        if (haste == PumpHaste.Patient && IsLeftUnread && TrySplice() is > 0 and var moved)
            return (moved, false);
        var input = pump.Input.Span;
        carry.Bytes.CopyTo(input);
        var known = carry.Bytes.Length;
        // A carried line is ended with as little as that takes: what comes after it can be moved unread.
        var most = known > 0 && source.Rule.Format == LogFormat.Raw ? LineEnd : LogPump.ChunkBytes;
        var seen = pump.Peek.Look(Descriptor, input.Slice(known, most));
        if (seen == 0 && (haste != PumpHaste.Last || known == 0))
            return (0, false);
        var prefix = source.Rule.Format == LogFormat.Raw ? [] : Encoding.UTF8.GetBytes(LogLineFormat.Prefix(source.Now, source.Instance));
        foreach (var batch in pump.Batches)
            batch.Begin(log, source, prefix);
        var cut = new LineCutter(source, pump.Batches);
        var handled = cut.Run(input[..(known + seen)], known, haste == PumpHaste.Last);
        return Carry(input[..(known + seen)], known, handled, cut.IsFull || (most == LineEnd && seen == most && handled > 0), haste);
    }

    public override string ToString() => path;

    // What is in a pipe ends with its last descriptor, and the writer may end while there is no guard.
    private string StoredName => "pipe:" + path;

    private (int Taken, bool Waits) Carry(ReadOnlySpan<byte> input, int known, int handled, bool full, PumpHaste haste)
    {
        // Where a batch is full, the rest stays in the pipe.
        var taken = (full ? handled : input.Length) - known;
        var rest = full ? [] : input[handled..];
        if (taken < 0)
            throw new InvalidOperationException("a batch took less than a line");
        var place = carry.Stage(rest);
        foreach (var batch in pump.Batches)
            pump.Journal.Touch(batch.Stream, batch.Used > 0 ? log.File(batch.Stream) : null);
        if (PumpJournal.Fits(paths))
            pump.Journal.Begin(paths, pathLength, input.Slice(known, taken), carry.Place, place);
        var written = TryWriteAll(haste);
        if (written)
        {
            pump.Peek.Take(Descriptor, taken);
            carry.Commit(place, rest);
            recent.Add(input[..handled], source.Now);
        }

        pump.Journal.End();
        return (written ? taken : 0, !written);
    }

    // Nobody needs to know what is in the lines.
    private bool IsLeftUnread =>
        source.Rule.Format == LogFormat.Raw && source.Classifier is null && carry.Place.Length == 0 && source.Unsaid(source.Stream) == 0 && !log.IsFollowed;

    /// <returns>0: too little, or nothing that can be moved so.</returns>
    private int TrySplice()
    {
        if (log.Prepare(source.Stream, source) is not (>= LeastSplice and var room))
            return 0;
        var count = pump.Peek.LookForLines(Descriptor, (int)Math.Min(room, Capacity));
        if (count < LeastSplice)
            return 0;
        var file = log.File(source.Stream);
        foreach (var stream in LogStreams.All)
            pump.Journal.Touch(stream, stream == source.Stream ? file : null);
        if (PumpJournal.Fits(paths))
            pump.Journal.Begin(paths, pathLength, [], carry.Place, default, splices: true);
        var moved = log.Splice(source, Descriptor, count);
        if (moved < count)
            TakeTornLine(file, moved);
        recent.Add(file.ReadLast(pump.Input.Span[..RecentLines.Kept]), source.Now);
        pump.Journal.End();
        return moved;
    }

    // The rest of it is in the pipe, and joins it when the file can be written again.
    private void TakeTornLine(LogFile file, int moved)
    {
        var end = file.ReadLast(pump.Input.Span[..Math.Min(moved, LogLineFormat.MaxTextBytes)]);
        var torn = end[(end.LastIndexOf((byte)'\n') + 1)..];
        carry.Commit(carry.Stage(torn), torn);
        file.CutTo(file.Length - torn.Length);
    }

    // Errors first: while they are waited for, nothing of the chunk may be in any file.
    private bool TryWriteAll(PumpHaste haste)
    {
        foreach (var batch in pump.Batches)
        {
            var lost = batch.Refused;
            if (batch.Used > 0 && !log.TryWrite(batch, source))
                lost += batch.Lines;
            if (lost > 0 && haste == PumpHaste.Patient && log.IsWorthWaiting(batch.Stream))
                return false;
            log.Drop(batch.Stream, source, lost);
        }

        return true;
    }
}
