using System.Threading.Channels;
using MyApp.Guard.Forwarding;
using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Probing;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;
using MyApp.Supervision.Probes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Fleet;

/// <summary>One running copy of a unit: a loop that takes events one by one, lets the state machine decide, and does what it says.</summary>
internal sealed class InstanceLoop : IAsyncDisposable
{
    private readonly GuardContext context;
    private readonly UnitRuntime owner;
    private readonly int replica;
    private readonly InstanceMachine machine;
    private readonly InstanceOutput output;
    private readonly GroupUsage usage;
    private readonly Channel<InstanceEvent> events = Channel.CreateUnbounded<InstanceEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<ProbeSchedule> probes = [];
    private readonly ITimer timer;
    private readonly Task loop;
    private volatile Instance state;
    private volatile ProcessGroup? group;
    private volatile string? lastProbe;
    private volatile IReadOnlyDictionary<string, int> ports;
    private Backend? backend;
    private TaskCompletionSource stepped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InstanceLoop(GuardContext context, UnitRuntime owner, int replica, ServiceLog log, InstanceRecord? restored)
    {
        (this.context, this.owner, this.replica) = (context, owner, replica);
        Id = $"{owner.Unit.Release}.{replica}";
        state = restored?.State ?? new Instance { Since = context.Clock.GetUtcNow() };
        ports = restored?.Ports ?? new SortedDictionary<string, int>(StringComparer.Ordinal);
        machine = new InstanceMachine(owner.Unit, Random.Shared.NextDouble);
        output = new InstanceOutput(context.Store.PipePrefix(owner.Unit, replica), Id, log, owner.Unit.Logs, context.Poller, context.Clock);
        usage = new GroupUsage(context.Clock);
        timer = context.Clock.CreateTimer(_ => Post(new TimerElapsed(context.Clock.GetUtcNow())), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Restore(restored);
        loop = Task.Run(RunAsync);
    }

    public string Id { get; }

    public Instance State => state;

    private Unit Unit => owner.Unit;

    public void Post(InstanceEvent happened) => events.Writer.TryWrite(happened);

    /// <summary>Completes when the instance has come to rest.</summary>
    public async Task AtRestAsync(CancellationToken ct)
    {
        while (true)
        {
            var next = Volatile.Read(ref stepped).Task;
            if (state.Phase.IsAtRest())
                return;
            await next.WaitAsync(ct);
        }
    }

    /// <summary>Ends the loop; the instance must be at rest.</summary>
    public async ValueTask DisposeAsync()
    {
        events.Writer.TryComplete();
        await loop;
        await timer.DisposeAsync();
        StopProbing();
        output.Dispose();
    }

    public InstanceStatus Status()
    {
        var now = state;
        var running = now.Phase.HasProcess();
        var (memory, cpu) = usage.Measure(running ? group : null);
        return new InstanceStatus
        {
            Id = Id,
            State = now.Phase.ToState(),
            Pid = running ? now.Process?.Pid : null,
            Ready = now.Phase == InstancePhase.Ready,
            Restarts = now.Restarts,
            Since = now.Since,
            MemoryBytes = memory,
            CpuPercent = cpu,
            Ports = ports,
            LastProbe = lastProbe,
            LastExit = now.LastExit,
            LastLines = output.LastLines,
            NextStart = now.Phase is InstancePhase.Backoff or InstancePhase.CrashLoop ? now.Due : null,
        };
    }

    // A guard before us has left this state behind. Processes are taken over as they are; those that died meanwhile ended for us just now.
    private void Restore(InstanceRecord? restored)
    {
        if (restored is null)
            return;
        var now = context.Clock.GetUtcNow();
        if (state.Process is { } process && ProcessGroup.IsAlive(process))
        {
            Attend(new ProcessGroup(process, isChild: false, context.Poller, context.Processes, context.Clock));
            Post(new Resumed(now));
        }
        else if (restored.BootId != ProcFs.BootId)
        {
            state = state with { Phase = InstancePhase.Waiting, Since = now, Process = null, Due = null, StopReason = StopReason.None };
        }
        else if (state.Phase.HasProcess())
        {
            if (state.Process is { } dead)
                Attend(new ProcessGroup(dead, isChild: false, context.Poller, context.Processes, context.Clock));
        }
        else
        {
            // The guard before us may have died between making a process and writing it down: it is known by the pipe it writes to.
            if (state.Phase == InstancePhase.Spawning && output.Writer() is { } written)
            {
                Attend(new ProcessGroup(written, isChild: false, context.Poller, context.Processes, context.Clock));
                Post(new Spawned(now, written));
            }
            else
            {
                Post(new Resumed(now));
            }
        }
    }

    private async Task RunAsync()
    {
        await foreach (var happened in events.Reader.ReadAllAsync())
        {
            try
            {
                Take(happened);
            }
#pragma warning disable CA1031 // a fault of ours in one step must not end the supervision of a program that runs
            catch (Exception e)
#pragma warning restore CA1031
            {
                context.Report($"{Id}: {happened.GetType().Name} failed: {e}");
                // What was due may not have been done.
                timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            }

            Interlocked.Exchange(ref stepped, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    private void Take(InstanceEvent happened)
    {
        var before = state;
        var (next, actions) = machine.Step(before, happened);
        if (actions.Contains(InstanceAction.Spawn))
            ports = owner.ChoosePorts();
        // What anyone can see is already written, so that a guard after us knows it too.
        SaveIfChanged(before, next);
        state = next;
        foreach (var action in actions)
            Perform(action);
        // Actions only send events, so the due time is that of the state.
        ArmTimer(next.Due);
        if (before.Phase != next.Phase || before.Process != next.Process)
            context.Changes.Tell(UnitKey.Of(Unit));
        if (before.Phase != next.Phase && next.Phase is InstancePhase.Backoff or InstancePhase.CrashLoop or InstancePhase.Failed)
            context.Report($"{Id}: {next.LastExit}");
    }

    private void ArmTimer(DateTimeOffset? due)
    {
        var wait = due is { } at ? at - context.Clock.GetUtcNow() : Timeout.InfiniteTimeSpan;
        // Timers count whole milliseconds: rounded up, or one that is early finds itself not due and is lost.
        timer.Change(due is null ? wait : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds)) + 1), Timeout.InfiniteTimeSpan);
    }

    // Probe answers alone are not worth a write to disk.
    private void SaveIfChanged(Instance before, Instance next)
    {
        static Instance Lasting(Instance i) => i with { Startup = ProbeTally.None, Readiness = ProbeTally.None, Liveness = ProbeTally.None };
        if (Lasting(before) == Lasting(next))
            return;
        try
        {
            context.Store.Save(Unit, replica, new InstanceRecord { State = next, Ports = ports, BootId = ProcFs.BootId });
        }
        catch (IOException e)
        {
            // A full disk must not end the supervision; a guard after this one would know less.
            context.Report($"{Id}: its state can't be written: {e.Message}");
        }
    }

    private void Perform(InstanceAction action)
    {
        switch (action)
        {
            case InstanceAction.Spawn:
                Spawn();
                break;
            case InstanceAction.ProbeStartup:
                StopProbing();
                Schedule("startup", Unit.Startup, passed => new StartupAnswered(context.Clock.GetUtcNow(), passed));
                break;
            case InstanceAction.ProbeHealth:
                StopProbing();
                Schedule("readiness", Unit.Readiness, passed => new ReadinessAnswered(context.Clock.GetUtcNow(), passed));
                Schedule("liveness", Unit.Liveness, passed => new LivenessAnswered(context.Clock.GetUtcNow(), passed));
                break;
            case InstanceAction.StopProbing:
                StopProbing();
                break;
            case InstanceAction.OpenTraffic:
                OpenTraffic();
                break;
            case InstanceAction.CloseTraffic:
                CloseTraffic();
                break;
            case InstanceAction.AwaitDrained:
                AwaitDrained();
                break;
            case InstanceAction.Terminate:
                group?.Signal(SIGTERM);
                break;
            default:
                group?.Signal(SIGKILL);
                break;
        }
    }

    private void Spawn()
    {
        try
        {
            backend = null;
            var (process, failure) = owner.Spawn(Id, ports, output);
            if (process is null)
            {
                Post(new SpawnFailed(context.Clock.GetUtcNow(), failure!));
                return;
            }

            Attend(new ProcessGroup(process, isChild: true, context.Poller, context.Processes, context.Clock));
            Post(new Spawned(context.Clock.GetUtcNow(), process));
        }
        catch (Exception e) when (e is NativeException or IOException or GuardException or UnauthorizedAccessException)
        {
            Post(new SpawnFailed(context.Clock.GetUtcNow(), new ExitCause(ExitKind.NotStarted, Detail: $"could not be started: {e.Message}")));
        }
    }

    private void Attend(ProcessGroup attended)
    {
        group = attended;
        _ = Task.Run(async () =>
        {
            var cause = await attended.WaitAsync();
            output.Finish();
            Post(new Exited(context.Clock.GetUtcNow(), cause));
        });
    }

    private void Schedule(string kind, Probe? probe, Func<bool, InstanceEvent> toEvent)
    {
        if (probe is null || !ports.TryGetValue(probe.Port ?? Unit.Ports[0].Name, out var port))
            return;
        probes.Add(new ProbeSchedule(probe, port, context.Clock, answer =>
        {
            lastProbe = $"{kind}: {answer.Text}";
            Post(toEvent(answer.Passed));
        }));
    }

    private void StopProbing()
    {
        probes.ForEach(p => p.Dispose());
        probes.Clear();
    }

    private void OpenTraffic()
    {
        backend = new Backend(Id, Unit.Release, ports);
        owner.Traffic.Open(backend);
    }

    private void CloseTraffic()
    {
        if (backend is not null)
            owner.Traffic.Close(backend);
    }

    private void AwaitDrained()
    {
        void Drained() => Post(new Drained(context.Clock.GetUtcNow()));
        if (backend is null)
            Drained();
        else
            backend.WhenEmpty(Drained);
    }
}
