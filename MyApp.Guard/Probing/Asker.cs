using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Probing;

/// <summary>
/// One thread asks all questions and keeps their times: with a timeout finer than the millisecond, and without handing a connection from
/// thread to thread, which together cost more than the asking. It begins with the first question; with nothing to ask it sleeps.
/// </summary>
internal sealed class Asker(TimeProvider clock)
{
    private const int StackBytes = 256 * 1024;
    private const int BufferBytes = 16 * 1024;
    private readonly Lock gate = new();
    private readonly PriorityQueue<Action, long> due = new();
    private readonly Queue<Conversation> fresh = new();
    private readonly List<Conversation> open = [];
    private SafeFileHandle? wake;
    private int thread;

    /// <summary>Runs <paramref name="action"/> on the asker's thread after a while; it must not block.</summary>
    public void After(TimeSpan pause, Action action)
    {
        lock (gate)
            due.Enqueue(action, clock.GetTimestamp() + ToTimestamp(pause));
        Wake();
    }

    /// <param name="onAnswer">Called once, on the asker's thread, unless the question is dropped; must not block.</param>
    /// <returns>Drops the question when disposed.</returns>
    public IDisposable Ask(Question question, Action<ProbeAnswer> onAnswer)
    {
        var conversation = new Conversation(question, clock.GetTimestamp(), onAnswer);
        lock (gate)
            fresh.Enqueue(conversation);
        Wake();
        return new Dropped(conversation);
    }

    public async Task<ProbeAnswer> AskAsync(Question question, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<ProbeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Ask(question, a => answer.TrySetResult(a));
        await using var cancelled = ct.Register(() => { asked.Dispose(); answer.TrySetCanceled(ct); });
        return await answer.Task;
    }

    private void Wake()
    {
        // The thread itself looks at everything anyway before it sleeps.
        if (Environment.CurrentManagedThreadId == Volatile.Read(ref thread))
            return;
        lock (gate)
        {
            if (wake is null)
            {
                wake = Fd.EventCounter();
                new Thread(Run, StackBytes) { IsBackground = true, Name = "asker" }.Start();
            }
        }

        Fd.WriteAll(wake, BitConverter.GetBytes(1UL));
    }

    private void Run()
    {
        Volatile.Write(ref thread, Environment.CurrentManagedThreadId);
        var fds = new PollFd[16];
        var buffer = new byte[BufferBytes];
        while (true)
        {
            while (TakeDue() is { } action)
                action();
            while (TakeFresh() is { } conversation)
                Judge(conversation, conversation.IsWanted ? conversation.Start() : null);
            DropOverdue();
            var count = Fill(ref fds);
            if (SocketCalls.Poll(fds.AsSpan(0, count), Patience()) <= 0)
                continue;
            if (fds[0].Revents != 0)
                _ = Fd.Read(fds[0].Fd, buffer.AsSpan(0, 8));
            // Backwards, as those that are done are taken out.
            for (var i = count - 1; i > 0; i--)
            {
                if (fds[i].Revents != 0)
                    Continue(i - 1, buffer);
            }
        }
    }

    private Action? TakeDue()
    {
        lock (gate)
            return due.TryPeek(out _, out var at) && at <= clock.GetTimestamp() ? due.Dequeue() : null;
    }

    private Conversation? TakeFresh()
    {
        lock (gate)
            return fresh.TryDequeue(out var next) ? next : null;
    }

    private void Continue(int index, byte[] buffer)
    {
        var conversation = open[index];
        open.RemoveAt(index);
        Judge(conversation, conversation.Advance(buffer));
    }

    private void Judge(Conversation conversation, ProbeAnswer? answer)
    {
        if (answer is null && conversation.IsWanted)
        {
            open.Add(conversation);
            return;
        }

        conversation.Dispose();
        if (answer is not null && conversation.IsWanted)
            conversation.Tell(answer with { Took = clock.GetElapsedTime(conversation.Began) });
    }

    private void DropOverdue()
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var conversation = open[i];
            var late = clock.GetElapsedTime(conversation.Began) >= conversation.Question.Timeout;
            if (!late && conversation.IsWanted)
                continue;
            open.RemoveAt(i);
            Judge(conversation, conversation.Question.NoAnswer());
        }
    }

    // Conversation i is at i + 1.
    private int Fill(ref PollFd[] fds)
    {
        if (fds.Length <= open.Count)
            Array.Resize(ref fds, open.Count * 2);
        fds[0] = new PollFd { Fd = Fd.Number(wake!), Events = POLLIN };
        for (var i = 0; i < open.Count; i++)
            fds[i + 1] = new PollFd { Fd = open[i].Fd, Events = open[i].Events };
        return open.Count + 1;
    }

    private TimeSpan? Patience()
    {
        var now = clock.GetTimestamp();
        long? next = null;
        lock (gate)
        {
            if (fresh.Count > 0)
                return TimeSpan.Zero;
            if (due.TryPeek(out _, out var at))
                next = at;
        }

        foreach (var conversation in open)
            next = Math.Min(next ?? long.MaxValue, conversation.Began + ToTimestamp(conversation.Question.Timeout));
        return next is { } soonest ? TimeSpan.FromSeconds(Math.Max(0, soonest - now) / (double)clock.TimestampFrequency) : null;
    }

    private long ToTimestamp(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    private sealed class Dropped(Conversation conversation) : IDisposable
    {
        // Its thread closes it when it next looks; nobody is told any more.
        public void Dispose() => conversation.IsWanted = false;
    }
}
