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

    private static RestartAfter Again(RestartRule rule, RestartTally tally, string words, DateTimeOffset at, bool wasReady, double random)
    {
        var next = new RestartTally
        {
            Failures = tally.Failures + 1,
            ExitsWithoutReady = wasReady ? 0 : tally.ExitsWithoutReady + 1,
            Recent = [.. tally.Recent.Where(t => at - t < Window).TakeLast(CrashLoopExits - 1), at],
        };
        var delay = BackoffDelay.Of(rule, next.Failures, random);
        if (next.ExitsWithoutReady >= CrashLoopExits)
            return new RestartAfter(delay, true, next, $"{words}; crash loop: {next.ExitsWithoutReady} exits in a row without getting ready");
        if (next.Recent.Count >= CrashLoopExits)
            return new RestartAfter(delay, true, next, $"{words}; crash loop: {next.Recent.Count} failures within {Window.TotalMinutes:0} minutes");
        return new RestartAfter(delay, false, next, words);
    }
}
