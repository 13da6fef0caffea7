using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Containment;
using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Notify;
using MyApp.Guard.Sockets;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Control;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Fleet;

/// <summary>A declared unit with its instances.</summary>
internal sealed class UnitRuntime : IAsyncDisposable
{
    private readonly GuardContext context;
    private readonly Action onChange;
    private readonly Lock changing = new();
    private readonly RollQueue rolls;
    private volatile IReadOnlyList<InstanceLoop> instances = [];
    private volatile UnitRecord record;
    private int checks;

    /// <param name="onChange">Called when the state of an instance has changed.</param>
    public UnitRuntime(GuardContext context, UnitRecord record, ServiceSockets sockets, ServiceLog log, Action onChange)
    {
        (this.context, this.record, Log, this.onChange, Sockets) = (context, record, log, onChange, sockets);
        rolls = new RollQueue(trouble => context.Report($"{record.Unit.Release}: {trouble}"));
        instances = [.. Enumerable.Range(0, record.Unit.Replicas).Select(Copy)];
    }

    public Unit Unit => record.Unit;

    public UnitRecord Record => record;

    public ServiceSockets Sockets { get; }

    public ServiceLog Log { get; }

    public IReadOnlyList<InstanceLoop> Instances => instances;

    public DateTimeOffset Now => context.Clock.GetUtcNow();

    /// <summary>The name of one of its instances, e.g. <c>orders-prod-12.0</c>.</summary>
    public string InstanceId(int replica) => $"{Unit.Release}.{replica}";

    /// <summary>An instance has changed its state.</summary>
    public void Changed()
    {
        context.Changes.Tell(UnitKey.Of(Unit));
        context.Memory.Worked();
        onChange();
    }

    /// <summary>Asks the things outside that the unit depends on.</summary>
    public IDisposable Outside(UnitDependency dependency, Action<bool, string> onAnswer) =>
        context.Prober.Watch(
            dependency, () => Program(Unit.Release, 0, InstanceEdges.NoPorts, dependency.Exec, $".check-{Interlocked.Increment(ref checks)}"), onAnswer);

    /// <summary>Whom the unit's instances run as, for what they say of themselves.</summary>
    public NotifySender Sender()
    {
        var user = ServiceUser.For(record, context);
        return new NotifySender(user.Uid ?? Libc.geteuid(), record.OwnUid is not null);
    }

    /// <summary>Writes what is wanted of it, and then goes by it.</summary>
    public void Change(Func<UnitRecord, UnitRecord> change)
    {
        lock (changing)
        {
            var changed = change(record);
            context.Store.Save(changed);
            record = changed;
        }

        context.Changes.Tell(UnitKey.Of(Unit));
    }

    /// <summary>Starts what is at rest; an instance that waits for its next try is left to its backoff.</summary>
    public void StartResting()
    {
        foreach (var instance in instances.Where(i => i.State.Phase is InstancePhase.Waiting or InstancePhase.Stopped or InstancePhase.Failed))
            instance.Post(new StartRequested(context.Clock.GetUtcNow()));
    }

    public void Start() => PostAll(new StartRequested(context.Clock.GetUtcNow()));

    /// <summary>Starts a unit that was just declared. One on demand from a file waits for its first connection; any other has to show that it can before it gets one.</summary>
    public void StartNew() => PostAll(Unit.OnDemand is not null && record.FromFile ? new StandByRequested(Now) : new StartRequested(Now));

    /// <summary>Restarts what runs, copy after copy as the unit's rule says, and starts what is down. Breaks off a restart that has not ended.</summary>
    public void Restart() => rolls.AddInPlace(async ct =>
    {
        if (await RollingRestart.RunAsync(this, ct) is { } problem)
            context.Report($"{Unit.Release}: restart: {problem}");
    });

    /// <summary>Gives the copies other values of the unit's file, one after the other. The same again changes nothing, unless they were taken back.</summary>
    public void Refresh(RevisedValues values)
    {
        if (record.Given.Has(values.Revision, isRolling: !rolls.IsIdle))
            return;
        Change(r => r with { Given = r.Given with { Asked = values, Problem = null } });
        rolls.Add(ct => RollingRefresh.RunAsync(this, values, context, ct));
    }

    /// <summary>Starts copies beside those the unit asks for.</summary>
    public IReadOnlyList<InstanceLoop> AddSurge(int count)
    {
        IReadOnlyList<InstanceLoop> extra = [.. Enumerable.Range(Unit.Replicas, count).Select(Copy)];
        instances = [.. instances, .. extra];
        foreach (var instance in extra)
            instance.Post(new StartRequested(Now));
        return extra;
    }

    public async Task RemoveSurgeAsync(IReadOnlyList<InstanceLoop> extra)
    {
        foreach (var instance in extra)
            instance.Post(new StopRequested(Now));
        await Task.WhenAll(extra.Select(i => i.AtRestAsync(CancellationToken.None)));
        instances = [.. instances.Except(extra)];
        foreach (var instance in extra)
            await instance.DisposeAsync();
        context.Store.ForgetInstances(Unit, Unit.Replicas, extra.Count);
    }

    /// <summary>Goes on after a start of the guard: what a person stopped stays stopped, what has completed or failed stays so.</summary>
    /// <param name="wanted">The unit is one that is started at boot.</param>
    public void StartAtBoot(bool wanted)
    {
        foreach (var instance in instances)
        {
            var now = instance.State;
            var fresh = now.Phase == InstancePhase.Waiting || (now.Phase == InstancePhase.Stopped && now.StopReason == StopReason.Shutdown);
            if (record.Stopped)
                instance.Post(new StopRequested(Now));
            else if (fresh && wanted)
                instance.Post(Unit.OnDemand is null ? new StartRequested(Now) : new StandByRequested(Now));
        }

        // Whom the guard before us has told is not known, and nobody minds being told twice.
        if (record.Given.UnderWay is { } values)
            rolls.Add(ct => RollingRefresh.RunAsync(this, values, context, ct));
    }

    /// <summary>Completes when every instance is at rest.</summary>
    public async Task StopAsync(StopReason reason, CancellationToken ct)
    {
        // A restart that was asked for before the stop must not start anything after it.
        await rolls.EndAsync();
        if (reason == StopReason.Requested && record.Given.UnderWay is not null)
            Change(r => r with { Given = r.Given with { Problem = "the service was stopped before every instance had them" } });
        PostAll(new StopRequested(context.Clock.GetUtcNow(), reason));
        await Task.WhenAll(instances.Select(i => i.AtRestAsync(ct)));
    }

    /// <summary>Every instance must be at rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(instances.Select(i => i.DisposeAsync().AsTask()));
        rolls.Dispose();
    }

    public UnitStatus Status() => new()
    {
        Service = Unit.Service,
        Environment = Unit.Environment,
        Release = Unit.Release,
        Current = record.Current,
        Job = Unit.Job is not null,
        Url = Unit.Ports.Count == 0 ? null : $"http://127.0.0.1:{Unit.Ports[0].Port}",
        LogTrouble = Log.Trouble,
        Values = Unit.Config is { Refreshable: true } ? new() { Revision = record.Given.Held?.Revision, Asked = record.Given.Asked?.Revision, Problem = record.Given.Problem } : null,
        Instances = [.. instances.Select(i => i.Status())],
    };

    /// <summary>Where the next process of an instance is to listen, by port name.</summary>
    public IReadOnlyDictionary<string, int> ChoosePorts()
    {
        var chosen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var port in Unit.Ports)
            chosen[port.Name] = Unit.Socket == SocketMode.Forward ? FreePort(chosen) : port.Port;
        return chosen;
    }

    // A port let go of at once may be handed out again for the next name.
    private static int FreePort(SortedDictionary<string, int> chosen)
    {
        var port = PortProbe.FreePort();
        return chosen.ContainsValue(port) ? FreePort(chosen) : port;
    }

    /// <param name="cgroup">Null: the guard's own.</param>
    /// <param name="command">A program of the unit other than its executable, with its arguments; null: the executable.</param>
    /// <param name="extra"><c>NAME=value</c> beside the unit's environment.</param>
    /// <returns>The process, or why there is none.</returns>
    public (ProcessIdentity? Process, ExitCause? Failure) Spawn(
        string instance, IReadOnlyDictionary<string, int> ports, InstanceOutput output, InstanceCgroup? cgroup, IReadOnlyList<string>? command = null, IEnumerable<string>? extra = null)
    {
        var user = ServiceUser.For(record, context);
        user.PrepareHome();
        if (command is null && Unit.Config is not null)
            WriteValues(instance, ports, record.Given.Held);
        using var entry = cgroup?.Enter();
        var order = Order(instance, ports, user, command ?? [Unit.Executable, .. Unit.Args], extra ?? []) with
        {
            CgroupFolder = entry?.Folder is { } folder ? Fd.Number(folder) : null,
            CgroupTasks = [.. entry?.Tasks.Select(Fd.Number) ?? []],
            // Who runs beside the instance must not accept its connections.
            ListenSockets = command is null ? [.. Sockets.Inherited(Unit).Select(s => new ListenSocket(s.Name, s.Descriptor))] : [],
        };
        using var input = Fd.Open("/dev/null", O_RDONLY);
        var (standardOutput, standardError) = context.PassesOutput
            ? (new SafeFileHandle(1, ownsHandle: false), new SafeFileHandle(2, ownsHandle: false))
            : output.OpenForProgram(user.Uid);
        using (standardOutput)
        using (standardError)
        {
            (int, SpawnFailure?) Start() => Spawner.Start(order, input, standardOutput, standardError);
            var (pid, failure) = context.Parent?.Do(Start) ?? Start();
            return failure is null ? (Children.Identify(pid), null) : (null, SpawnWords.Cause(failure, order));
        }
    }

    /// <summary>Replaces the file of values of one of its instances.</summary>
    /// <param name="values">Null: those that the unit was declared with.</param>
    public void WriteValues(string instance, IReadOnlyDictionary<string, int> ports, RevisedValues? values)
    {
        var file = values is null ? Unit.Config! : Unit.Config! with { Values = values.Values };
        context.Configs.Write(Unit, instance, ConfigText.Write(file, Filling(instance, ports)), ServiceUser.For(record, context));
    }

    /// <summary>The control groups of one of its copies; null where there can be none.</summary>
    /// <param name="leader">Taken over from a guard that may have had its groups elsewhere.</param>
    public InstanceCgroup? Cgroup(int replica, string purpose = "", int? leader = null) =>
        context.Cgroups.For($"{UnitKey.Of(Unit).Instance(replica)}{purpose}", Unit.Resources, leader);

    public ProcessTree Tree(string instance, ProcessIdentity leader, bool isChild, InstanceCgroup? cgroup) =>
        new(leader, isChild, cgroup, Mark(instance), context.Processes);

    /// <summary>By what the instance's processes are held and limited, in words.</summary>
    public string Enforcement(InstanceCgroup? cgroup)
    {
        var tree = cgroup?.Enforcement ?? "session and descent: tree";
        var limits = ProcessLimits.Of(Unit);
        return limits.Count == 0 ? tree : $"{tree}; rlimit: {string.Join(", ", limits.Select(l => l.Name[(l.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]))}";
    }

    // What processes of an instance have in their environment where no control group holds them. Guards of one host may have equal instances.
    private string Mark(string instance) => $"MYAPP_INSTANCE={Fnv1a.Hash(context.Paths.DataFolder):x8}/{Unit.Environment}/{instance}";

    /// <summary>How a program of the unit is run: as its instances are, in a control group of its own.</summary>
    /// <param name="purpose">Names it among those of the copy, e.g. <c>.readiness</c>.</param>
    public ProgramOrder Program(string instance, int replica, IReadOnlyDictionary<string, int> ports, IReadOnlyList<string> command, string purpose) =>
        new(Order(instance, ports, ServiceUser.For(record, context), command, []), Cgroup(replica, purpose), Mark($"{instance}{purpose}"));

    private SpawnOrder Order(
        string instance, IReadOnlyDictionary<string, int> ports, ServiceUser user, IReadOnlyList<string> command, IEnumerable<string> extra)
    {
        var fill = Filling(instance, ports);
        var environment = Unit.Env.Select(e => $"{e.Key}={fill(e.Value)}");
        return new SpawnOrder
        {
            Executable = command[0],
            Arguments = [command[0], .. command.Skip(1).Select(fill)],
            Environment =
            [
                .. environment,
                .. extra,
                .. Unit.Env.ContainsKey("HOME") ? Array.Empty<string>() : [$"HOME={user.Home}"],
                .. context.Cgroups.Tree is null ? [Mark(instance)] : Array.Empty<string>(),
            ],
            WorkingDirectory = Unit.WorkingDirectory ?? Path.GetDirectoryName(Unit.Executable),
            Uid = user.Uid,
            Gid = user.Gid,
            Groups = user.Groups,
            Umask = Unit.Process.Umask,
            Nice = Unit.Process.Nice,
            OomScoreAdjust = Unit.Process.OomScoreAdjust,
            NoNewPrivileges = Unit.Process.NoNewPrivileges,
            Limits = ProcessLimits.Of(Unit),
            ParentDeathSignal = context.Parent is null ? 0 : SIGKILL,
        };
    }

    private Func<string, string> Filling(string instance, IReadOnlyDictionary<string, int> ports)
    {
        var main = Unit.Ports.Count == 0 ? null : Unit.Ports[0].Name;
        var config = Unit.Config is null ? null : context.Configs.PathOf(Unit, instance);
        return text => Placeholders.Fill(text, instance, ports, main, config);
    }

    private InstanceLoop Copy(int replica) =>
        new(context, this, replica, Log, context.Store.Instance(Unit, replica, (p, m) => context.Report($"{p}: {m}")));

    private void PostAll(InstanceEvent happened)
    {
        foreach (var instance in instances)
            instance.Post(happened);
    }
}
