using MyApp.Guard.Notify;
using MyApp.Guard.Probing;
using MyApp.Supervision.Probes;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>How one instance is: what probes find, what it says of itself, whether what it needs is there and whether anyone needs it.</summary>
internal sealed class InstanceWatch(GuardContext context, UnitRuntime owner, int replica, Action<InstanceEvent> post) : IDisposable
{
    private readonly string id = owner.InstanceId(replica);
    private readonly List<IDisposable> probes = [];
    private volatile string? lastProbe;
    private volatile string? failing;
    private volatile string? said;
    private LifeLine? line;
    private volatile DependencyWatch? dependencies;
    private IDisposable? idleness;

    /// <summary>The last answer, with the probe that gave it: of one that fails, as long as it does.</summary>
    public string? LastProbe => lastProbe;

    /// <summary>What it depends on and has lost, in words; null: nothing.</summary>
    public string? Lost => dependencies?.Lost;

    /// <summary>What it last said of itself (STATUS=).</summary>
    public string? Said => said;

    private Unit Unit => owner.Unit;

    private DateTimeOffset Now => context.Clock.GetUtcNow();

    /// <summary>A process is about to be started, which has said nothing yet.</summary>
    /// <returns><c>NAME=value</c> of where it can say something; null: nobody would listen.</returns>
    public IEnumerable<string>? Expect()
    {
        (lastProbe, said) = (null, null);
        OpenLine();
        return line?.Environment(Unit.Heartbeat?.Interval);
    }

    /// <summary>This process is the instance now.</summary>
    public void Attend(int pid)
    {
        OpenLine();
        line?.Now(pid);
    }

    public void BeginStartup(IReadOnlyDictionary<string, int> ports)
    {
        End();
        Schedule("startup", Unit.Startup, ports, eager: true, passed => new StartupAnswered(Now, passed));
    }

    public void Begin(IReadOnlyDictionary<string, int> ports)
    {
        End();
        Schedule("readiness", Unit.Readiness, ports, eager: true, passed => new ReadinessAnswered(Now, passed));
        Schedule("liveness", Unit.Liveness, ports, eager: false, passed => new LivenessAnswered(Now, passed));
        dependencies = new DependencyWatch(Unit, context, owner.Outside, post);
        if (Unit.OnDemand is { } rule)
            idleness = owner.Sockets.AwaitIdleness(Unit, rule, () => post(new IdleElapsed(Now)));
    }

    public void End()
    {
        failing = null;
        probes.ForEach(p => p.Dispose());
        probes.Clear();
        dependencies?.Dispose();
        dependencies = null;
        idleness?.Dispose();
        idleness = null;
    }

    public void Dispose()
    {
        End();
        line?.Dispose();
    }

    private void Schedule(string kind, Probe? probe, IReadOnlyDictionary<string, int> ports, bool eager, Func<bool, InstanceEvent> toEvent)
    {
        if (probe is null)
            return;
        var tally = ProbeTally.None;
        int? port = Unit.Ports.Count > 0 && ports.TryGetValue(probe.Port ?? Unit.Ports[0].Name, out var found) ? found : null;
        probes.Add(context.Prober.Begin(probe, new ProbeTarget(port, () => owner.Program(id, replica, ports, probe.Exec, $".{kind}")), eager, answer =>
        {
            Tell(kind, answer);
            context.Meters.Of(id).ProbeAnswered(kind, answer.Took, answer.Passed);
            var news = tally.IsNews(probe, answer.Passed);
            tally = tally.Add(answer.Passed);
            if (news)
                post(toEvent(answer.Passed));
        }));
    }

    private void Tell(string kind, ProbeAnswer answer)
    {
        if (answer.Passed && failing is { } other && other != kind)
            return;
        failing = answer.Passed ? null : kind;
        lastProbe = $"{kind}: {answer.Text}";
    }

    // Kept over restarts, and made by a guard that takes the instance over too: what runs sends to the same place.
    private void OpenLine()
    {
        if (line is null && (Unit.Heartbeat is not null || Unit.Startup is { Notify: true }))
            line = context.Life.Open($"{UnitKey.Of(Unit).Service} {id}", owner.Sender(), Unit.Heartbeat is not null, Hear);
    }

    private void Hear(NotifyMessage message)
    {
        said = message.Status ?? (message.Errno is { } errno ? $"errno {errno}" : said);
        if (message.Ready)
            post(new NotifiedReady(Now));
        if (message.Watchdog)
            post(new HeartbeatReceived(Now));
        if (message.Trigger)
            post(new HeartbeatFailed(Now));
        if (message.ExtendTimeout is { } longer)
            post(new TimeoutExtended(Now, longer));
        if (message.Stopping)
            post(new NotifiedStopping(Now));
    }
}
