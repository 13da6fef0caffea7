using MyApp.Guard.Keeping;
using MyApp.Guard.Native;
using MyApp.Supervision.Logs;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>
/// One thread that takes the output of every instance to its files. It has a chunk of one pipe in hand at a time, so what it needs does
/// not grow with the number of services.
/// </summary>
internal sealed class LogPump
{
    /// <summary>Small enough to stay in a core's cache from the pipe to the file.</summary>
    public const int ChunkBytes = 256 * 1024;

    private const int RetryMilliseconds = 100;
    private const int IdleMilliseconds = 5000;
    // Edge-triggered: a pipe that has to wait for the disk is simply not asked, and does not keep the thread awake.
    private readonly Epoll epoll = new();
    private readonly Dictionary<int, OutputPipe> pipes = [];
    private readonly Queue<OutputPipe> ready = [];
    private readonly List<OutputPipe> waiting = [];
    private long triedAt;

    /// <param name="journal">Path of a file of its own.</param>
    /// <param name="store">Holds the pipes for a guard after this one.</param>
    /// <param name="report">Told what a person should know.</param>
    public LogPump(string journal, IDescriptorStore store, TimeProvider clock, Action<string> report)
    {
        (Store, Clock, Report, Journal) = (store, clock, report, new PumpJournal(journal));
        Tidier = new LogTidier(clock, report);
        PumpRecovery.Run(Journal, Peek);
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "log-pump" }.Start();
    }

    /// <summary>Held while lines are moved; what the members below say is only good under it.</summary>
    public Lock Gate { get; } = new();

    public IDescriptorStore Store { get; }

    public TimeProvider Clock { get; }

    public Action<string> Report { get; }

    public LogTidier Tidier { get; }

    public PipePeek Peek { get; } = new();

    public PumpJournal Journal { get; }

    /// <summary>A carried line, and a chunk.</summary>
    public NativeBuffer Input { get; } = new(LogLineFormat.MaxTextBytes + (64 * 1024) + ChunkBytes);

    /// <summary>In the order in which they are written.</summary>
    public StreamBatch[] Batches { get; } = [new(LogStream.Error), new(LogStream.Access), new(LogStream.Trace)];

    public void Add(OutputPipe pipe)
    {
        lock (Gate)
            pipes[pipe.Descriptor] = pipe;
        // Also tells of what is already in it.
        NativeException.ThrowIf(!epoll.TryAdd(pipe.Descriptor, EPOLLIN | EPOLLET, (ulong)pipe.Descriptor), "epoll_ctl");
    }

    /// <summary>Called under the gate.</summary>
    public void Remove(OutputPipe pipe)
    {
        epoll.Remove(pipe.Descriptor);
        pipes.Remove(pipe.Descriptor);
        waiting.Remove(pipe);
    }

    private void Run()
    {
        var idle = true;
        while (true)
        {
            var count = epoll.Wait(WaitFor(idle));
            idle = count == 0 && ready.Count == 0 && waiting.Count == 0;
            lock (Gate)
            {
                if (idle)
                    Release_NeedsLock();
                Queue_NeedsLock(count);
            }

            // The gate is let go of after every chunk: others have to get in.
            for (var left = ready.Count; left > 0; left--)
            {
                lock (Gate)
                    Step_NeedsLock(ready.Dequeue());
            }
        }
    }

    private int WaitFor(bool idle) => ready.Count > 0 ? 0 : waiting.Count > 0 ? RetryMilliseconds : idle ? Timeout.Infinite : IdleMilliseconds;

    private void Queue_NeedsLock(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (pipes.TryGetValue((int)epoll[i].Tag, out var pipe))
                Queue_NeedsLock(pipe);
        }

        // However busy the others keep the thread.
        if (waiting.Count > 0 && Clock.GetElapsedTime(triedAt).TotalMilliseconds >= RetryMilliseconds)
        {
            triedAt = Clock.GetTimestamp();
            waiting.ForEach(Queue_NeedsLock);
            waiting.Clear();
        }
    }

    private void Queue_NeedsLock(OutputPipe pipe)
    {
        if (pipe.IsQueued)
            return;
        pipe.IsQueued = true;
        ready.Enqueue(pipe);
    }

    private void Step_NeedsLock(OutputPipe pipe)
    {
        pipe.IsQueued = false;
        try
        {
            var (taken, waits) = pipe.Step(PumpHaste.Patient);
            if (waits)
                waiting.Add(pipe);
            else if (taken > 0)
                Queue_NeedsLock(pipe);
        }
        catch (Exception e) when (e is IOException or NativeException or UnauthorizedAccessException)
        {
            Report($"the output of {pipe} could not be taken and is tried again: {e.Message}");
            waiting.Add(pipe);
        }
    }

    private void Release_NeedsLock()
    {
        Input.Release();
        foreach (var batch in Batches)
            batch.Release();
    }
}
