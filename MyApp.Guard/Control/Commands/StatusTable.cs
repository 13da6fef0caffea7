using System.Globalization;
using System.Text;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Control.Commands;

/// <summary>Status for people: a line an instance, and below it why it is not as it should be.</summary>
internal static class StatusTable
{
    private static readonly string[] Head = ["SERVICE", "ENV", "INSTANCE", "STATE", "PID", "SINCE", "RESTARTS", "MEMORY", "CPU"];

    public static string Of(GuardStatus status, DateTimeOffset now)
    {
        var rows = status.Units.SelectMany(u => u.Instances.Select(i => (Cells: Cells(u, i, now), Note: Note(i, now)))).ToList();
        if (rows.Count == 0)
            return "no units";
        var widths = Head.Select((h, column) => rows.Max(r => Math.Max(h.Length, r.Cells[column].Length))).ToArray();
        var text = new StringBuilder();
        AppendLine(text, Head, widths);
        foreach (var (cells, note) in rows)
        {
            AppendLine(text, cells, widths);
            if (note is not null)
                text.Append("  ").Append(note).Append('\n');
        }

        return text.ToString();
    }

    public static string Change(UnitStatus unit) => unit.Instances.Count == 0
        ? $"{unit.Release} removed"
        : string.Join('\n', unit.Instances.Select(i => $"{i.Id} {StateOf(unit, i)}{(i.LastExit is { } why && i.Pid is null ? $": {why}" : "")}"));

    private static string[] Cells(UnitStatus unit, InstanceStatus instance, DateTimeOffset now) =>
    [
        unit.Service, unit.Environment, instance.Id, StateOf(unit, instance), instance.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-", Age(now - instance.Since),
        instance.Restarts.ToString(CultureInfo.InvariantCulture),
        instance.MemoryBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB") : "-",
        instance.CpuPercent is { } cpu ? string.Create(CultureInfo.InvariantCulture, $"{cpu:0.0}%") : "-",
    ];

    private static string StateOf(UnitStatus unit, InstanceStatus instance) =>
        (instance.State == InstanceState.CrashLoop ? "CRASH LOOP" : instance.State.ToString().ToLowerInvariant()) + (unit.Current ? " *" : "");

    private static string? Note(InstanceStatus instance, DateTimeOffset now) => instance.State switch
    {
        InstanceState.Backoff or InstanceState.CrashLoop => $"{instance.LastExit}{(instance.NextStart is { } next ? $"; again in {Age(next - now)}" : "")}",
        InstanceState.Failed => instance.LastExit,
        _ when instance.WaitsFor is { } waits => $"waits for {waits}{(instance.NextStart is { } next ? $", in {Age(next - now)}" : "")}",
        InstanceState.Starting or InstanceState.Running => instance.LastProbe,
        _ => null,
    };

    private static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 0 } => "0s",
        { TotalMinutes: < 1 } => $"{age.Seconds}s",
        { TotalHours: < 1 } => $"{age.Minutes}m{age.Seconds}s",
        { TotalDays: < 1 } => $"{age.Hours}h{age.Minutes}m",
        _ => $"{age.Days}d{age.Hours}h",
    };

    private static void AppendLine(StringBuilder text, string[] cells, int[] widths)
    {
        for (var column = 0; column < cells.Length; column++)
            text.Append(column == cells.Length - 1 ? cells[column] : cells[column].PadRight(widths[column] + 2));
        text.Append('\n');
    }
}
