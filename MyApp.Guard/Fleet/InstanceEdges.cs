using MyApp.Guard.Containment;
using MyApp.Guard.Dossiers;
using MyApp.Guard.Logs;
using MyApp.Guard.Metrics;
using MyApp.Guard.Native;
using MyApp.Guard.Sockets;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Fleet;

/// <summary>Does what the state machine of one instance says, and posts what comes of it.</summary>
internal sealed class InstanceEdges : IDisposable
{
    private static readonly TimeSpan WaitAgain = TimeSpan.FromSeconds(1);
    private readonly GuardContext context;
    private readonly UnitRuntime owner;
    private readonly Action<InstanceEvent> post;
    private readonly int replica;
    private readonly string id;
    private readonly InstanceOutput output;
    private readonly TreeUsage usage;
    private readonly InstanceWatch watch;
    private readonly PreStopRun preStop;
    private readonly InstanceCgroup? cgroup;
    private volatile ProcessTree? tree;
    private volatile string? held;
    private volatile IReadOnlyDictionary<string, int> ports = NoPorts;
    private volatile DependencyWait? wait;
    private DateTimeOffset? startedAt;
    private IDisposable? demand;
    private volatile Backend? backend;

    /// <param name="leader">The process a guard before us has left; null: none.</param>
    /// <param name="dropped">Lines lost in the time of guards before us.</param>
    /// <param name="onDropped">Called when <see cref="DroppedLines"/> has grown: on the pump's thread, must not block.</param>
    public InstanceEdges(GuardContext context, UnitRuntime owner, int replica, ServiceLog log, Action<InstanceEvent> post, int? leader, long dropped, Action onDropped)
    {
        (this.context, this.owner, this.replica, this.post) = (context, owner, replica, post);
        cgroup = owner.Cgroup(replica, leader: leader);
        id = owner.InstanceId(replica);
        output = new InstanceOutput(context.Store.PipePrefix(owner.Unit, replica), id, log, owner.Unit.Logs, context.Logs, dropped, onDropped);
        usage = new TreeUsage(context.Clock);
        watch = new InstanceWatch(context, owner, replica, post);
        preStop = new PreStopRun(context, owner, replica, id, output);
    }

    public static IReadOnlyDictionary<string, int> NoPorts { get; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Where the instance listens, by name of the port.</summary>
    public IReadOnlyDictionary<string, int> Ports
    {
        get => ports;
        set => ports = value;
    }

    /// <inheritdoc cref="InstanceWatch.LastProbe"/>
    public string? LastProbe => watch.LastProbe;

    /// <inheritdoc cref="InstanceWatch.Said"/>
    public string? Said => watch.Said;

    /// <summary>How the last process ended, or why there was none; null: none has yet.</summary>
    public ExitCause? LastCause { get; private set; }

    public IReadOnlyList<string> LastLines => output.LastLines(InstanceOutput.StatusLines);

    public long DroppedLines => output.DroppedLines;

    public string Enforcement => owner.Enforcement(cgroup);

    private Unit Unit => owner.Unit;

    private DateTimeOffset Now => context.Clock.GetUtcNow();

    public (long? Memory, double? Cpu) Usage(bool running) => usage.Measure(running ? tree : null);

    /// <summary>What keeps it from getting on, in words; null: nothing.</summary>
    public string? WaitsFor(Instance state) => state.Phase switch
    {
        InstancePhase.Blocked => wait?.Missing,
        InstancePhase.StandBy => "the first connection",
        InstancePhase.Scheduled => "its next time",
        InstancePhase.Running or InstancePhase.Ready when held is { } why => $"its restart: {why}",
        InstancePhase.Ending => "the end of what its program has left running",
        InstancePhase.Running when state.Hold.HasFlag(TrafficHold.Leaving) => "its end, as it has said",
        InstancePhase.Running when state.Hold.HasFlag(TrafficHold.DependencyLost) => watch.Lost,
        _ => null,
    };

    /// <summary>Leader of the session that writes to this instance's pipes; null: nobody does.</summary>
    public ProcessIdentity? Writer() => output.Writer();

    /// <summary>Takes over a process that a guard before us has made.</summary>
    public void Adopt(ProcessIdentity process)
    {
        watch.Attend(process.Pid);
        startedAt = Now - ProcFs.Age(process.StartTime);
        Attend(owner.Tree(id, process, Children.TryAdopt(process), cgroup));
    }

    /// <summary>It has come to this phase.</summary>
    public void Entered(InstancePhase phase) => context.Brake.Entered(UnitKey.Of(Unit).Service.ToString(), id, phase);

    /// <summary>What is known here of the process that has just ended.</summary>
    public ExitSight Sight(DateTimeOffset at) => new()
    {
        EndedAt = at, StartedAt = startedAt, Ports = ports, LastProbe = watch.LastProbe, MaxMemoryBytes = tree?.Used?.MaxMemoryBytes, CpuSeconds = tree?.Used?.CpuSeconds,
    };

    /// <summary>SIGHUP to the program itself: what it has started is its own to tell.</summary>
    public void HangUp() => tree?.SignalLeader(SIGHUP);

    /// <summary>What its processes use now; null: none runs.</summary>
    public TreeMeasure? Measure() => tree is { } running ? TreeMeasure.Of(running) : null;

    public void Dispose()
    {
        StopAwaiting();
        watch.Dispose();
        context.Brake.Leave(id);
        output.Dispose();
        Rest();
    }

    /// <summary>Nothing of the instance runs, or is about to.</summary>
    public void Rest() => cgroup?.Remove();

    public void Perform(InstanceAction action, Instance state)
    {
        switch (action)
        {
            case InstanceAction.AwaitDependencies:
                wait = new DependencyWait(Unit, context, owner.Outside, () => post(new DependenciesMet(Now)), text => post(new DependencyTimedOut(Now, text)));
                break;
            case InstanceAction.AwaitDemand:
                AwaitDemand();
                break;
            case InstanceAction.StopAwaiting:
                StopAwaiting();
                break;
            case InstanceAction.Spawn:
                StopAwaiting();
                Spawn();
                break;
            case InstanceAction.ProbeStartup:
                watch.BeginStartup(ports);
                break;
            case InstanceAction.Watch:
                watch.Begin(ports);
                break;
            case InstanceAction.Unwatch:
                watch.End();
                break;
            case InstanceAction.OpenTraffic:
                backend = new Backend(id, Unit.Release, ports);
                owner.Sockets.Traffic.Open(backend);
                break;
            case InstanceAction.CloseTraffic:
                if (backend is not null)
                    owner.Sockets.Traffic.Close(backend);
                break;
            case InstanceAction.AskForRestart:
                held = context.Brake.Ask(id, () => post(new RestartGranted(Now)));
                break;
            case InstanceAction.WithdrawRestart:
                context.Brake.Withdraw(id);
                held = null;
                break;
            case InstanceAction.AwaitDrained:
                AwaitDrained();
                break;
            case InstanceAction.RunPreStop:
                preStop.Begin(ports, () => post(new PreStopEnded(Now)));
                break;
            case InstanceAction.Alert:
                context.Meters.Of(id).CrashLooped();
                context.Report($"ALERT {id}: {state.LastExit}");
                break;
            case InstanceAction.Kill:
                preStop.Kill();
                tree?.KillAll();
                break;
            default:
                tree?.Signal(SignalOf(action));
                break;
        }
    }

    private static int SignalOf(InstanceAction action) => action == InstanceAction.Quit ? SIGQUIT : SIGTERM;

    private void StopAwaiting()
    {
        wait?.Dispose();
        wait = null;
        demand?.Dispose();
        demand = null;
    }

    private void AwaitDemand()
    {
        try
        {
            demand = owner.Sockets.AwaitConnection(Unit, () => post(new Wanted(Now)));
        }
        catch (GuardException)
        {
            // Its port is a stranger's: the start that can't be says so to everyone.
            post(new Wanted(Now));
        }
    }

    private void Spawn()
    {
        ProcessIdentity? process = null;
        try
        {
            (backend, held) = (null, null);
            (startedAt, tree) = (Now, null);
            (process, var failure) = owner.Spawn(id, ports, output, cgroup, extra: watch.Expect());
            if (process is null)
            {
                LastCause = failure;
                post(new SpawnFailed(Now, failure!));
                return;
            }

            watch.Attend(process.Pid);
            var started = owner.Tree(id, process, isChild: true, cgroup);
            // Said before anyone waits for its end, which may have come already.
            post(new Spawned(Now, process));
            Attend(started);
        }
        catch (Exception e) when (HostTrouble.Is(e) || e is System.Net.Sockets.SocketException)
        {
            if (process is not null)
                Children.Abandon(process.Pid);
            LastCause = new ExitCause(ExitKind.NotStarted, Detail: $"could not be started: {e.Message}");
            post(new SpawnFailed(Now, LastCause));
        }
    }

    private void Attend(ProcessTree attended)
    {
        tree = attended;
        preStop.Expect();
        _ = Task.Run(async () =>
        {
            var cause = await EndOfAsync(attended);
            await preStop.EndAsync();
            output.Finish();
            LastCause = cause;
            if (backend is { } served)
                owner.Sockets.Traffic.End(served);
            post(new Exited(Now, cause));
        });
    }

    // Whatever this host is short of, an instance that ended is not left for one that runs.
    private async Task<ExitCause> EndOfAsync(ProcessTree attended)
    {
        while (true)
        {
            try
            {
                return await attended.WaitAsync(() => post(new ProcessEnded(Now)));
            }
            catch (Exception e) when (e is NativeException or IOException or UnauthorizedAccessException)
            {
                context.Report($"{id}: waiting for its end failed and is tried again: {e.Message}");
                await Task.Delay(WaitAgain, context.Clock, CancellationToken.None);
            }
        }
    }

    private void AwaitDrained()
    {
        var drained = backend;
        if (drained is null)
            Drained();
        else
            drained.WhenEmpty(Drained);

        // A connection may outlast the process it went to, and is then nothing to the drain of the next.
        void Drained()
        {
            if (drained == backend)
                post(new Drained(Now));
        }
    }
}
