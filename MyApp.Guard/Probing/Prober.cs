using System.Globalization;
using System.Net;
using MyApp.Guard.Dependencies;
using MyApp.Guard.Probing.Dialogues;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Probing;

/// <summary>Whom a probe asks.</summary>
/// <param name="Port">Of 127.0.0.1; null: the unit has none, and only a program can be asked.</param>
/// <param name="Program">How the probe's program is run.</param>
internal sealed record ProbeTarget(int? Port, Func<ProgramOrder> Program);

/// <summary>Asks the probes of units.</summary>
internal sealed class Prober(GuardProcesses processes)
{
    private readonly Asker asker = new(processes.Clock);
    private readonly ShortRun programs = new(processes);

    /// <param name="eager">Something waits for it to pass: it is asked at once, and quickly until it has passed.</param>
    /// <param name="onAnswer">Called for every answer; must not block.</param>
    /// <returns>Ends the asking when disposed. <see cref="Probe.Notify"/> asks nothing.</returns>
    public IDisposable Begin(Probe probe, ProbeTarget target, bool eager, Action<ProbeAnswer> onAnswer)
    {
        if (probe.Exec.Count > 0)
            return new ExecSchedule(asker, processes.Clock, programs, probe, target.Program, eager, onAnswer);
        if (probe.Notify || target.Port is not { } port)
            return Nothing.Only;
        var question = Question(probe, port);
        return new ProbeSchedule(asker, processes.Clock, probe.Period, eager, take => asker.Ask(question, take), onAnswer);
    }

    /// <summary>Watches something outside; see <see cref="DependencyPoll"/>.</summary>
    public IDisposable Watch(UnitDependency dependency, Func<ProgramOrder> program, Action<bool, string> onChange) =>
        new DependencyPoll(new DependencyCheck(asker, programs), dependency, program, processes.Clock, onChange);

    internal static Question Question(Probe probe, int port)
    {
        var host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var place = new IPEndPoint(IPAddress.Loopback, port);
        if (probe.Tcp)
            return new Question($"tcp {port}", place, Tls: false, () => TcpDialogue.Only, probe.Timeout);
        if (probe.Grpc is { } service)
        {
            var opening = GrpcDialogue.Request(service, host);
            var words = service.Length == 0 ? "grpc health" : $"grpc health {service}";
            return new Question(words, place, Tls: false, () => new GrpcDialogue(opening), probe.Timeout);
        }

        var request = HttpDialogue.Get(probe.HttpPath!, host);
        return new Question($"GET {probe.HttpPath}", place, probe.Https, () => new HttpDialogue(request), probe.Timeout);
    }

    private sealed class Nothing : IDisposable
    {
        public static Nothing Only { get; } = new();

        public void Dispose()
        {
        }
    }
}
