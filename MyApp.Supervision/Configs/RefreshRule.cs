using MyApp.Supervision.Units;

namespace MyApp.Supervision.Configs;

/// <summary>What is asked of an instance that has got other values while it runs.</summary>
public static class RefreshRule
{
    // What a program needs to fall over a value where no probe asks it.
    private static readonly TimeSpan Unprobed = TimeSpan.FromSeconds(5);

    /// <summary>How long it is watched: as long as readiness takes to notice.</summary>
    public static TimeSpan Watched(Unit unit) => unit.Readiness is { } probe ? (probe.Period * probe.Failures) + probe.Timeout : Unprobed;
}
