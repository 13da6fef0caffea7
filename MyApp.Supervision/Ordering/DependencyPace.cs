namespace MyApp.Supervision.Ordering;

/// <summary>When something outside is asked again, and when it counts as there or lost.</summary>
public sealed record DependencyPace
{
    /// <summary>Failures in a row after which something that was there is lost: one that is slow once must stop no service.</summary>
    public const int LossFailures = 3;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    public static DependencyPace Unknown { get; } = new();

    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Null: not known yet.</summary>
    public bool? Up { get; init; }

    /// <summary>In a row.</summary>
    public int Failures { get; init; }

    /// <summary>How long to wait until the next question: <c>0.5 s · 2^n</c> after the n-th failure in a row but one, at most 10 s; 10 s while it is there.</summary>
    public TimeSpan Pause => Failures == 0 ? Longest : Capped(First.TotalSeconds * Math.Pow(2, Failures - 1));

    /// <returns>The next state; <see cref="Up"/> differs when there is something to tell.</returns>
    public DependencyPace Answered(bool up)
    {
        if (up)
            return new DependencyPace { Up = true };
        var failures = Failures == int.MaxValue ? Failures : Failures + 1;
        return new DependencyPace { Up = Up is true && failures < LossFailures, Failures = failures };
    }

    private static TimeSpan Capped(double seconds) => seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
}
