using System.Threading.Channels;
using MyApp.Guard.Dossiers;
using MyApp.Guard.Logs;
using MyApp.Guard.Metrics;
using MyApp.Guard.Native;
using MyApp.Supervision.Control;
using MyApp.Supervision.Probes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;

namespace MyApp.Guard.Fleet;

/// <summary>One running copy of a unit: a loop that takes events one by one, lets the state machine decide, and has its edges do what it says.</summary>
internal sealed class InstanceLoop : IAsyncDisposable
{
    private readonly GuardContext context;
    private readonly UnitRuntime owner;
    private readonly int replica;
    private readonly InstanceMachine machine;
    private readonly InstanceEdges edges;
    private readonly Channel<(InstanceEvent Event, long Posted)> events = Channel.CreateUnbounded<(InstanceEvent, long)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly DueTimer timer;
    private readonly Task loop;
    private readonly Lock saving = new();
    private int dropsToSave;
    private bool isClosed;
    private volatile Instance state;
    private TaskCompletionSource stepped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InstanceLoop(GuardContext context, UnitRuntime owner, int replica, ServiceLog log, InstanceRecord? restored)
    {
        (this.context, this.owner, this.replica) = (context, owner, replica);
        Id = owner.InstanceId(replica);
        state = restored?.State ?? new Instance { Since = context.Clock.GetUtcNow() };
        machine = new InstanceMachine(owner.Unit, Random.Shared.NextDouble, JobTimes.Of(owner.Unit.Job));
        edges = new InstanceEdges(context, owner, replica, log, Post, state.Process?.Pid, restored?.DroppedLines ?? 0, CountDropsSoon) { Ports = restored?.Ports ?? InstanceEdges.NoPorts };
        timer = new DueTimer(context.Clock, (at, due) => Post(new TimerElapsed(at, due)));
        Restore(restored);
        loop = Task.Run(RunAsync);
    }

    public string Id { get; }

    public Instance State => state;

    /// <inheritdoc cref="InstanceEdges.LastCause"/>
    public ExitCause? LastCause => edges.LastCause;

    /// <inheritdoc cref="InstanceEdges.Ports"/>
    public IReadOnlyDictionary<string, int> Ports => edges.Ports;

    /// <summary>Tells its program that the file of values is another one.</summary>
    public void HangUp() => edges.HangUp();

    public void Post(InstanceEvent happened) => events.Writer.TryWrite((happened, context.Clock.GetTimestamp()));

    /// <summary>Completes when the instance has come to rest.</summary>
    public Task AtRestAsync(CancellationToken ct) => UntilAsync(s => s.Phase.IsAtRest(), ct);

    /// <summary>Completes with the first state seen that is as asked.</summary>
    public async Task<Instance> UntilAsync(Func<Instance, bool> condition, CancellationToken ct)
    {
        while (true)
        {
            var next = Volatile.Read(ref stepped).Task;
            var now = state;
            if (condition(now))
                return now;
            await next.WaitAsync(ct);
        }
    }

    /// <summary>As <see cref="UntilAsync(Func{Instance, bool}, CancellationToken)"/>, or with the state there is when the time is over.</summary>
    public async Task<Instance> UntilAsync(Func<Instance, bool> condition, TimeSpan most, CancellationToken ct)
    {
        using var enough = new CancellationTokenSource(most, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, ct);
        try
        {
            return await UntilAsync(condition, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return state;
        }
    }

    /// <summary>Ends the loop; the instance must be at rest.</summary>
    public async ValueTask DisposeAsync()
    {
        events.Writer.TryComplete();
        await loop;
        lock (saving)
            isClosed = true;
        await timer.DisposeAsync();
        edges.Dispose();
        context.Meters.Forget(Id);
    }

    public InstanceStatus Status()
    {
        var now = state;
        var running = now.Phase.HasProcess();
        var (memory, cpu) = edges.Usage(running);
        return new InstanceStatus
        {
            Id = Id,
            State = now.Phase.ToState(),
            Pid = running ? now.Process?.Pid : null,
            Ready = now.Phase == InstancePhase.Ready,
            Completed = now.Completed,
            Restarts = now.Restarts,
            Since = now.Since,
            MemoryBytes = memory,
            CpuPercent = cpu,
            Enforcement = edges.Enforcement,
            Ports = edges.Ports,
            LastProbe = edges.LastProbe,
            Said = edges.Said,
            LastExit = now.LastExit,
            LastLines = edges.LastLines,
            DroppedLines = edges.DroppedLines,
            NextStart = now.Phase is InstancePhase.Backoff or InstancePhase.CrashLoop or InstancePhase.Scheduled ? now.Due : null,
            WaitsFor = edges.WaitsFor(now),
        };
    }

    /// <summary>Null: no process runs.</summary>
    public TreeMeasure? Measure() => state.Phase.HasProcess() ? edges.Measure() : null;

    // A guard before us has left this state behind. Processes are taken over as they are; those that died meanwhile ended for us just now.
    private void Restore(InstanceRecord? restored)
    {
        if (restored is null)
            return;
        var now = context.Clock.GetUtcNow();
        if (state.Phase == InstancePhase.Spawning && restored.BootId == ProcFs.BootId && edges.Writer() is { } written)
        {
            // The guard before us died between making a process and writing it down: it is known by the pipe it writes to.
            Post(new Spawned(now, written));
            edges.Adopt(written);
        }
        else if (restored.BootId == ProcFs.BootId && state.Phase.HasProcess() && state.Process is { } process)
        {
            // Whoever asks from now on hears what is known by now; how it ended may take a moment to find out.
            if (ProcFs.IsAlive(process))
                Post(new Resumed(now));
            else
                state = machine.Next(state, new ProcessEnded(now)).Next;
            edges.Adopt(process);
        }
        else if (restored.BootId != ProcFs.BootId && state.Phase is not (InstancePhase.Stopped or InstancePhase.Failed or InstancePhase.Scheduled))
        {
            state = state with { Phase = InstancePhase.Waiting, Since = now, Process = null, Due = null, StopReason = StopReason.None };
        }
        else
        {
            Post(new Resumed(now));
        }
    }

    private async Task RunAsync()
    {
        await foreach (var (happened, posted) in events.Reader.ReadAllAsync())
        {
            try
            {
                Take(happened, posted);
            }
#pragma warning disable CA1031 // a fault of ours in one step must not end the supervision of a program that runs
            catch (Exception e)
#pragma warning restore CA1031
            {
                context.Report($"{Id}: {happened.GetType().Name} failed: {e}");
                // What was due may not have been done.
                timer.Retry(TimeSpan.FromSeconds(1));
            }

            Interlocked.Exchange(ref stepped, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    private void Take(InstanceEvent happened, long posted)
    {
        var before = state;
        var (next, actions) = machine.Next(before, happened);
        // What a process leaves behind is looked up before the next one takes its place.
        if (before.Phase != next.Phase)
            Remember(before, next, happened);
        if (actions.Contains(InstanceAction.Spawn))
            edges.Ports = owner.ChoosePorts();
        // What anyone can see is already written, so that a guard after us knows it too.
        lock (saving)
        {
            SaveIfChanged(before, next);
            state = next;
        }

        foreach (var action in actions)
            edges.Perform(action, next);
        if (before.Phase != next.Phase)
            edges.Entered(next.Phase);
        // Actions only send events, so the due time is that of the state.
        // What is newly due is so a while after the event, whatever the clock did since.
        timer.Arm(next.Due, next.Due - happened.At - context.Clock.GetElapsedTime(posted) ?? TimeSpan.Zero, followsClock: next.Phase == InstancePhase.Scheduled);
        if (next.Phase.IsAtRest() && !before.Phase.IsAtRest())
            edges.Rest();
        if (before.Phase != next.Phase || before.Process != next.Process)
            owner.Changed();
        if (next.LastExit is { } exit && before.Restarts != next.Restarts | (before.Phase != next.Phase && next.Phase is InstancePhase.Backoff or InstancePhase.Failed))
            context.Report($"{Id}: {exit}");
    }

    private void Remember(Instance before, Instance next, InstanceEvent happened)
    {
        if (!context.KeepsDossiers)
            return;
        if (next.Phase == InstancePhase.Ready)
            context.Dossiers.NoteReady(owner.Unit);
        if (happened is not (Exited or SpawnFailed))
            return;
        var sight = edges.Sight(happened.At) with
        {
            Cause = happened is Exited exited ? exited.Cause : ((SpawnFailed)happened).Cause, Before = before, After = next, Instance = Id,
        };
        context.Dossiers.Record(owner.Unit, replica, isProved: before.ReadyUntil(happened.At) >= owner.Unit.Restart.ResetAfter, () => ExitWitness.Describe(owner.Unit, sight, owner.Log));
    }

    // Neither probe answers nor heartbeats are worth a write to disk.
    private void SaveIfChanged(Instance before, Instance next)
    {
        static Instance Lasting(Instance i) => i with
        {
            Startup = ProbeTally.None, Readiness = ProbeTally.None, Liveness = ProbeTally.None, Due = i.Phase.IsUp() ? null : i.Due,
        };
        if (Lasting(before) != Lasting(next))
            Save(next);
    }

    // A flood of dropped lines is one write a second.
    private void CountDropsSoon()
    {
        if (Interlocked.Exchange(ref dropsToSave, 1) == 0)
            _ = CountDropsAsync();
    }

    private async Task CountDropsAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1), context.Clock, CancellationToken.None);
        Interlocked.Exchange(ref dropsToSave, 0);
        lock (saving)
        {
            if (!isClosed)
                Save(state);
        }
    }

    private void Save(Instance now)
    {
        try
        {
            context.Store.Save(owner.Unit, replica, new InstanceRecord { State = now, Ports = edges.Ports, BootId = ProcFs.BootId, DroppedLines = edges.DroppedLines });
        }
        catch (IOException e)
        {
            // A full disk must not end the supervision; a guard after this one would know less.
            context.Report($"{Id}: its state can't be written: {e.Message}");
        }
    }
}
