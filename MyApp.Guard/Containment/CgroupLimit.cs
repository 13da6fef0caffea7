using System.Globalization;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Containment;

/// <summary>What is written to which file of a controller.</summary>
/// <param name="Optional">A kernel may have been built or booted without that file.</param>
internal sealed record CgroupLimit(string File, string Value, bool Optional = false)
{
    // The kernel's default, 100 ms: shorter ones cost more switches, longer ones stop a program for longer.
    private const int PeriodMicroseconds = 100_000;

    // One core's worth of demand weighs what a group without a request does.
    private const int DefaultWeight = 100;
    private const int DefaultShares = 1024;

    public static readonly string[] Controllers = ["memory", "cpu", "pids"];

    /// <param name="version">Of the hierarchy the controller is in.</param>
    public static IReadOnlyList<CgroupLimit> For(string controller, int version, ResourceLimits asked) => (controller, version) switch
    {
        ("memory", 2) => [.. MemoryV2(asked)],
        ("memory", _) => [.. MemoryV1(asked)],
        ("cpu", 2) => [.. CpuV2(asked)],
        ("cpu", _) => [.. CpuV1(asked)],
        _ => asked.Pids is { } pids ? [new CgroupLimit("pids.max", Text(pids))] : [],
    };

    // No memory.high: without swap it holds a program up for good where the limit would end it, and a restart helps.
    private static IEnumerable<CgroupLimit> MemoryV2(ResourceLimits asked)
    {
        if (asked.MemoryRequestBytes is { } request)
            yield return new CgroupLimit("memory.low", Text(request));
        if (asked.MemoryLimitBytes is { } limit)
        {
            yield return new CgroupLimit("memory.max", Text(limit));
            yield return new CgroupLimit("memory.swap.max", "0", Optional: true);
        }
    }

    private static IEnumerable<CgroupLimit> MemoryV1(ResourceLimits asked)
    {
        if (asked.MemoryRequestBytes is { } request)
            yield return new CgroupLimit("memory.soft_limit_in_bytes", Text(request));
        if (asked.MemoryLimitBytes is { } limit)
        {
            yield return new CgroupLimit("memory.limit_in_bytes", Text(limit));
            // Memory and swap together, so no swap; it may not be below the one before.
            yield return new CgroupLimit("memory.memsw.limit_in_bytes", Text(limit), Optional: true);
        }
    }

    private static IEnumerable<CgroupLimit> CpuV2(ResourceLimits asked)
    {
        if (asked.CpuRequestMillicores is { } request)
            yield return new CgroupLimit("cpu.weight", Text(Math.Clamp(request * DefaultWeight / 1000, 1, 10_000)));
        if (asked.CpuLimitMillicores is { } limit)
            yield return new CgroupLimit("cpu.max", $"{Quota(limit)} {Text(PeriodMicroseconds)}");
    }

    private static IEnumerable<CgroupLimit> CpuV1(ResourceLimits asked)
    {
        if (asked.CpuRequestMillicores is { } request)
            yield return new CgroupLimit("cpu.shares", Text(Math.Max(2, (long)request * DefaultShares / 1000)));
        if (asked.CpuLimitMillicores is { } limit)
        {
            yield return new CgroupLimit("cpu.cfs_period_us", Text(PeriodMicroseconds));
            yield return new CgroupLimit("cpu.cfs_quota_us", Quota(limit));
        }
    }

    // The kernel takes no quota below 1 ms.
    private static string Quota(int millicores) => Text(Math.Max(1000, (long)millicores * PeriodMicroseconds / 1000));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
