using System.Collections.Concurrent;

namespace MyApp.Guard.Metrics;

/// <summary>What is counted of one instance since this guard has it; nothing is measured here.</summary>
internal sealed class InstanceMeter
{
    private readonly ConcurrentDictionary<string, ProbeTotals> probes = new(StringComparer.Ordinal);
    private long crashLoops;

    /// <summary>Times it entered a crash loop, each of which is one alert.</summary>
    public long CrashLoops => Interlocked.Read(ref crashLoops);

    /// <summary>By kind: startup, readiness, liveness.</summary>
    public IEnumerable<KeyValuePair<string, ProbeTotals>> Probes => probes.OrderBy(p => p.Key, StringComparer.Ordinal);

    public void CrashLooped() => Interlocked.Increment(ref crashLoops);

    public void ProbeAnswered(string kind, TimeSpan took, bool passed) => probes.AddOrUpdate(
        kind, _ => default(ProbeTotals).Plus(took, passed), (_, before) => before.Plus(took, passed));
}

internal readonly record struct ProbeTotals(long Count, long Failures, double Seconds)
{
    public ProbeTotals Plus(TimeSpan took, bool passed) => new(Count + 1, Failures + (passed ? 0 : 1), Seconds + took.TotalSeconds);
}

/// <summary>The meters of all instances, by their ids.</summary>
internal sealed class InstanceMeters
{
    private readonly ConcurrentDictionary<string, InstanceMeter> meters = new(StringComparer.Ordinal);

    public InstanceMeter Of(string instance) => meters.GetOrAdd(instance, _ => new InstanceMeter());

    public void Forget(string instance) => meters.TryRemove(instance, out _);
}
