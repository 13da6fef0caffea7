using MyApp.Guard.Fleet;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Metrics;

/// <summary>Everything that is measured of a guard and its units, at the time it is asked for.</summary>
internal sealed class FleetMetrics(UnitFleet fleet, GuardContext context, string version, DateTimeOffset since)
{
    /// <summary>Blocks on /proc: a millisecond or so a process.</summary>
    public IReadOnlyList<MetricFamily> Sample()
    {
        var instances = Instances().ToList();
        return
        [
            Family("myapp_guard_info", "The guard itself; always 1.", MetricType.Gauge, [new(MetricLabels.None.With("version", version), 1)]),
            Family("myapp_guard_start_time_seconds", "When the guard began, since the epoch.", MetricType.Gauge, [new(MetricLabels.None, since.ToUnixTimeMilliseconds() / 1000.0)]),
            Family("myapp_instance_state", "1 for the state the instance is in, 0 for every other.", MetricType.Gauge, instances.SelectMany(States)),
            Family("myapp_instance_ready", "1 when the instance gets traffic.", MetricType.Gauge, instances.Select(i => new MetricPoint(i.Labels, i.Status.Ready ? 1 : 0))),
            Family("myapp_instance_restarts_total", "Times it was started again without anyone asking.", MetricType.Counter, instances.Select(i => new MetricPoint(i.Labels, i.Status.Restarts))),
            Family("myapp_instance_crash_loops_total", "Times it entered a crash loop since the guard began.", MetricType.Counter, instances.Select(i => new MetricPoint(i.Labels, i.Meter.CrashLoops))),
            Family("myapp_instance_cpu_seconds_total", "Processor time of its processes that run.", MetricType.Counter, Known(instances, i => i.Measure?.CpuSeconds)),
            Family("myapp_instance_memory_pss_bytes", "Memory of its processes, shared pages divided among who shares them.", MetricType.Gauge, Known(instances, i => i.Measure?.PssBytes)),
            Family("myapp_instance_memory_limit_bytes", "Memory at which the kernel kills it.", MetricType.Gauge, Known(instances, i => i.Unit.Resources.MemoryLimitBytes)),
            Family("myapp_instance_open_fds", "Descriptors its processes have open.", MetricType.Gauge, Known(instances, i => i.Measure?.OpenFiles)),
            Family("myapp_probe_duration_seconds", "Time from a probe's question to its answer.", MetricType.Summary, instances.SelectMany(Probes, (i, p) => new MetricPoint(i.Labels.With("probe", p.Key), p.Value.Seconds, p.Value.Count))),
            Family("myapp_probe_failures_total", "Probe answers that were none or bad.", MetricType.Counter, instances.SelectMany(Probes, (i, p) => new MetricPoint(i.Labels.With("probe", p.Key), p.Value.Failures))),
            Family("myapp_log_dropped_lines_total", "Lines it wrote that could not be kept.", MetricType.Counter, instances.Select(i => new MetricPoint(i.Labels, i.Status.DroppedLines))),
        ];
    }

    private static MetricFamily Family(string name, string help, MetricType type, IEnumerable<MetricPoint> points) => new(name, help, type, [.. points]);

    private IEnumerable<Sampled> Instances()
    {
        foreach (var unit in fleet.Services.SelectMany(s => s.Units))
        {
            foreach (var loop in unit.Instances)
            {
                var instance = loop.Status();
                var labels = MetricLabels.None.With("service", unit.Unit.Service).With("environment", unit.Unit.Environment)
                    .With("release", unit.Unit.Release).With("instance", instance.Id);
                yield return new Sampled(unit.Unit, instance, labels, context.Meters.Of(instance.Id), loop.Measure());
            }
        }
    }

    private static IEnumerable<MetricPoint> States(Sampled instance) =>
        Enum.GetValues<InstanceState>().Select(s => new MetricPoint(instance.Labels.With("state", WordOf(s)), instance.Status.State == s ? 1 : 0));

    // As the protocol writes it.
    private static string WordOf(InstanceState state) => state == InstanceState.CrashLoop ? "crashLoop" : state.ToString().ToLowerInvariant();

    private static IEnumerable<KeyValuePair<string, ProbeTotals>> Probes(Sampled instance) => instance.Meter.Probes;

    private static IEnumerable<MetricPoint> Known(IEnumerable<Sampled> instances, Func<Sampled, double?> value)
    {
        foreach (var instance in instances)
        {
            if (value(instance) is { } known)
                yield return new MetricPoint(instance.Labels, known);
        }
    }

    private sealed record Sampled(Unit Unit, InstanceStatus Status, MetricLabels Labels, InstanceMeter Meter, TreeMeasure? Measure);
}
