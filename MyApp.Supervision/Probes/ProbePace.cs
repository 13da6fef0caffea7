namespace MyApp.Supervision.Probes;

/// <summary>When a probe is asked again.</summary>
public static class ProbePace
{
    /// <summary>An answer is noticed late by at most this part of the time the wait for it has lasted.</summary>
    private const int Share = 4;

    public static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The pause after a failure of a probe that has not passed yet: a quarter of the time since it was first asked, at least 1 ms and at
    /// most <paramref name="period"/>. A start of 3 ms is so noticed within one more, and one of a minute has cost some forty questions.
    /// </summary>
    public static TimeSpan WhileWaiting(TimeSpan period, TimeSpan sinceFirst)
    {
        var grown = sinceFirst / Share;
        var pause = grown < Shortest ? Shortest : grown;
        return pause < period ? pause : period;
    }

    /// <summary>The pause before the first of the periodic questions: anywhere in the period, so that a thousand units that started together are not asked together.</summary>
    /// <param name="random">Uniform in [0, 1).</param>
    public static TimeSpan Scattered(TimeSpan period, double random) => period * random;
}
