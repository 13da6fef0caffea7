using System.Globalization;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Output;

/// <summary>Services and instances as tables.</summary>
internal sealed class StatusText(Screen screen, TimeProvider clock)
{
    public void PrintAll(IReadOnlyList<ServiceView> services, string environment)
    {
        if (services.Count == 0)
        {
            screen.Line($"no service in {environment} yet; myapp ship DIR brings one");
            return;
        }

        var table = new TextTable("SERVICE", "ENV", "STATE", "RELEASE", "READY", "RESTARTS", "MEMORY", "CPU", "URL");
        foreach (var service in services)
            table.Add(Row(service));
        table.Print(screen);
        foreach (var service in services)
            PrintReason(service);
    }

    public void PrintOne(ServiceView service)
    {
        screen.Line(new Styled(service.Name, Tone.Strong), " in ", service.Environment, ": ", State(Word(service.State)), Release(service.Release));
        if (service.Url is { } url)
            screen.Line("  ", url);
        PrintReason(service);
        if (service.Instances.Count == 0)
            return;
        screen.Line("");
        var table = new TextTable("INSTANCE", "STATE", "PID", "FOR", "RESTARTS", "MEMORY", "CPU", "HOST", "LAST PROBE");
        foreach (var instance in service.Instances)
            table.Add(Row(instance));
        table.Print(screen);
        foreach (var instance in service.Instances)
            PrintWords(instance);
    }

    private void PrintWords(InstanceView instance)
    {
        void Say(string? words, Tone tone)
        {
            if (words is not null)
                screen.Line(new Styled($"  {TerminalText.CleanLine(instance.Id)} {TerminalText.CleanLine(words)}", tone));
        }

        Say(instance.WaitsFor is { } waits ? $"waits for {waits}" : null, Tone.Warning);
        Say(instance.NextStart is { } next && next > clock.GetUtcNow() ? $"starts again in {Words.Duration(next - clock.GetUtcNow())}" : null, Tone.Warning);
        Say(instance.LastExit is { } exit ? $"last ended: {exit}" : null, Tone.Warning);
        Say(instance.DroppedLines is { } lost ? string.Create(CultureInfo.InvariantCulture, $"lost {lost} lines of its output") : null, Tone.Warning);
        Say(instance.Enforcement is { } enforced ? $"limits: {enforced}" : null, Tone.Faint);
    }

    private void PrintReason(ServiceView service)
    {
        if (service.Reason is { } reason)
            screen.Line(new Styled($"  {service.Name} in {service.Environment}: {TerminalText.CleanLine(reason)}", Tone.Warning));
    }

    private static Styled[] Row(ServiceView service) =>
    [
        new(service.Name, Tone.Strong),
        service.Environment,
        State(Word(service.State)),
        service.Release ?? "-",
        Number($"{service.Instances.Count(i => i.Ready)}/{service.Instances.Count}"),
        Number($"{service.Instances.Sum(i => i.Restarts)}"),
        Memory(service.Instances.Sum(i => i.MemoryBytes)),
        Cpu(service.Instances.Any(i => i.CpuPercent is not null) ? service.Instances.Sum(i => i.CpuPercent) : null),
        service.Url ?? "",
    ];

    private Styled[] Row(InstanceView instance) =>
    [
        instance.Id,
        State(instance.State),
        instance.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
        Words.Age(clock.GetUtcNow() - instance.Since),
        Number($"{instance.Restarts}"),
        Memory(instance.MemoryBytes),
        Cpu(instance.CpuPercent),
        instance.Host,
        new(instance.LastProbe ?? "", Tone.Faint),
    ];

    private static Styled State(string word) => new(word, word switch
    {
        "ready" or "running" => Tone.Good,
        "failed" or "crashLoop" => Tone.Bad,
        "stopped" => Tone.Faint,
        _ => Tone.Warning,
    });

    /// <summary>As on the wire.</summary>
    private static string Word(ServiceState state) => char.ToLowerInvariant(state.ToString()[0]) + state.ToString()[1..];

    private static Styled Release(string? release) => release is null ? "" : $", release {release}";

    private static Styled Memory(long? bytes) => bytes is > 0 ? Words.Bytes(bytes.Value) : "-";

    private static Styled Cpu(double? percent) => percent is { } p ? Number($"{p:0.0}%") : "-";

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
