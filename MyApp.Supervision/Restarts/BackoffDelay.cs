using MyApp.Supervision.Units;

namespace MyApp.Supervision.Restarts;

/// <summary>The pause before a restart.</summary>
public static class BackoffDelay
{
    /// <summary><c>min(Max, Initial·2^(n-1)) · U(0.8, 1.2)</c>.</summary>
    /// <param name="failures">Failures in a row, this one included; from 1.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    public static TimeSpan Of(RestartRule rule, int failures, double random)
    {
        // In floating point and capped before the cast, so that no count can overflow.
        var grown = rule.Initial.TotalMilliseconds * Math.Pow(2, Math.Max(0, failures - 1));
        var capped = Math.Min(rule.Max.TotalMilliseconds, grown);
        return TimeSpan.FromMilliseconds(capped * (0.8 + (0.4 * random)));
    }
}
