using MyApp.Guard.Forwarding;
using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Fleet;

/// <summary>A declared unit with its instances.</summary>
internal sealed class UnitRuntime
{
    private readonly GuardContext context;
    private readonly List<InstanceLoop> instances = [];
    private volatile UnitRecord record;

    public UnitRuntime(GuardContext context, UnitRecord record, ServiceTraffic traffic, ServiceLog log)
    {
        (this.context, this.record, Traffic) = (context, record, traffic);
        for (var replica = 0; replica < record.Unit.Replicas; replica++)
            instances.Add(new InstanceLoop(context, this, replica, log, context.Store.Instance(record.Unit, replica, (p, m) => context.Report($"{p}: {m}"))));
    }

    public Unit Unit => record.Unit;

    public UnitRecord Record => record;

    public ServiceTraffic Traffic { get; }

    public void Save(UnitRecord changed)
    {
        context.Store.Save(changed);
        record = changed;
        context.Changes.Tell(UnitKey.Of(Unit));
    }

    /// <summary>Starts what is at rest; an instance that waits for its next try is left to its backoff.</summary>
    public void StartResting()
    {
        foreach (var instance in instances.Where(i => i.State.Phase is InstancePhase.Waiting or InstancePhase.Stopped or InstancePhase.Failed))
            instance.Post(new StartRequested(context.Clock.GetUtcNow()));
    }

    public void Start() => PostAll(new StartRequested(context.Clock.GetUtcNow()));

    public void Restart() => PostAll(new RestartRequested(context.Clock.GetUtcNow()));

    /// <summary>Goes on after a start of the guard: what a person stopped stays stopped, what has completed or failed stays so.</summary>
    /// <param name="wanted">The unit is one that is started at boot.</param>
    public void StartAtBoot(bool wanted)
    {
        foreach (var instance in instances)
        {
            var now = instance.State;
            var fresh = now.Phase == InstancePhase.Waiting || (now.Phase == InstancePhase.Stopped && now.StopReason == StopReason.Shutdown);
            if (record.Stopped)
                instance.Post(new StopRequested(context.Clock.GetUtcNow()));
            else if (fresh && wanted)
                instance.Post(new StartRequested(context.Clock.GetUtcNow()));
        }
    }

    /// <summary>Completes when every instance is at rest.</summary>
    public async Task StopAsync(StopReason reason, CancellationToken ct)
    {
        PostAll(new StopRequested(context.Clock.GetUtcNow(), reason));
        await Task.WhenAll(instances.Select(i => i.AtRestAsync(ct)));
    }

    public Task CloseAsync() => Task.WhenAll(instances.Select(i => i.DisposeAsync().AsTask()));

    public UnitStatus Status() => new()
    {
        Service = Unit.Service,
        Environment = Unit.Environment,
        Release = Unit.Release,
        Current = record.Current,
        Url = Unit.Ports.Count == 0 ? null : $"http://127.0.0.1:{Unit.Ports[0].Port}",
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

    /// <returns>The process, or why there is none.</returns>
    public (ProcessIdentity? Process, ExitCause? Failure) Spawn(string instance, IReadOnlyDictionary<string, int> ports, InstanceOutput output)
    {
        var user = ServiceUser.For(record, context);
        user.PrepareHome();
        var order = Order(instance, ports, user);
        using var input = Fd.Open("/dev/null", O_RDONLY);
        var (standardOutput, standardError) = output.OpenForProgram(user.Uid);
        using (standardOutput)
        using (standardError)
        {
            var (pid, failure) = Spawner.Start(order, input, standardOutput, standardError);
            return failure is null ? (ProcessGroup.Identify(pid)!, null) : (null, SpawnWords.Cause(failure, order));
        }
    }

    private SpawnOrder Order(string instance, IReadOnlyDictionary<string, int> ports, ServiceUser user)
    {
        var main = Unit.Ports.Count == 0 ? null : Unit.Ports[0].Name;
        string Fill(string text) => Placeholders.Fill(text, instance, ports, main);
        var environment = Unit.Env.Select(e => $"{e.Key}={Fill(e.Value)}");
        return new SpawnOrder
        {
            Executable = Unit.Executable,
            Arguments = [Unit.Executable, .. Unit.Args.Select(Fill)],
            Environment = [.. environment, .. Unit.Env.ContainsKey("HOME") ? Array.Empty<string>() : [$"HOME={user.Home}"]],
            WorkingDirectory = Unit.WorkingDirectory ?? Path.GetDirectoryName(Unit.Executable),
            Uid = user.Uid,
            Gid = user.Gid,
            Groups = user.Groups,
            OpenFiles = Unit.Resources.Files,
        };
    }

    private void PostAll(InstanceEvent happened) => instances.ForEach(i => i.Post(happened));
}
