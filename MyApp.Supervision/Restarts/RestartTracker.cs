using MyApp.Supervision.Units;

namespace MyApp.Supervision.Restarts;

/// <summary>Facts in; decision, delay and reason out.</summary>
public static class RestartTracker
{
    /// <summary>Exits in a row without ever getting ready, or failures within <see cref="Window"/>, that make a crash loop.</summary>
    public const int CrashLoopExits = 5;

    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(5);

    /// <param name="readyFor">How long it had been ready when it ended; null: it was not ready.</param>
    /// <param name="wasReady">It had been ready at some time of this run.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    public static RestartDecision Decide(
        RestartRule rule, RestartTally tally, ExitCause cause, DateTimeOffset at, TimeSpan? readyFor, bool wasReady, double random)
    {
        var words = cause.Describe();
        if (cause.IsHopeless || (cause.Kind == ExitKind.Exited && rule.NoRestartExits.Contains(cause.Code)))
            return new GiveUp($"{words}: will not be restarted");
        if (cause.IsSuccess && rule.Policy != RestartPolicy.Always)
            return new StayStopped($"{words}: completed");
        if (rule.Policy == RestartPolicy.Never)
            return new GiveUp($"{words}: the restart policy is never");
        return Again(rule, readyFor >= rule.ResetAfter ? RestartTally.None : tally, words, at, wasReady, random);
    }

    // One that had been up gets its first new try at once: most such failures are not repeated, and every pause is an outage.
    private static RestartAfter Again(RestartRule rule, RestartTally tally, string words, DateTimeOffset at, bool wasReady, double random)
    {
        var atOnce = wasReady && tally.Failures == 0;
        var next = new RestartTally
        {
            Failures = tally.Failures + 1,
            Pauses = atOnce ? 0 : tally.Pauses + 1,
            ExitsWithoutReady = wasReady ? 0 : tally.ExitsWithoutReady + 1,
            Recent = [.. tally.Recent.Where(t => at - t < Window).TakeLast(CrashLoopExits - 1), at],
            Alerted = tally.Alerted,
        };
        var loop = LoopOf(next);
        var delay = atOnce ? TimeSpan.Zero : BackoffDelay.Of(rule, next.Pauses, random);
        return new RestartAfter(delay, loop is not null, loop is not null && !tally.Alerted, next with { Alerted = tally.Alerted || loop is not null }, words + loop);
    }

    private static string? LoopOf(RestartTally tally)
    {
        if (tally.ExitsWithoutReady >= CrashLoopExits)
            return $"; crash loop: {tally.ExitsWithoutReady} exits in a row without getting ready";
        return tally.Recent.Count >= CrashLoopExits ? $"; crash loop: {tally.Recent.Count} failures within {Window.TotalMinutes:0} minutes" : null;
    }
}
