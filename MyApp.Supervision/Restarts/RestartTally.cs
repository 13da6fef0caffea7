namespace MyApp.Supervision.Restarts;

/// <summary>What past failures leave behind for the next decision.</summary>
public sealed record RestartTally
{
    public static RestartTally None { get; } = new();

    /// <summary>In a row.</summary>
    public int Failures { get; init; }

    /// <summary>Those of <see cref="Failures"/> that had to wait; each doubles the pause.</summary>
    public int Pauses { get; init; }

    public int ExitsWithoutReady { get; init; }

    /// <summary>Times of the failures within <see cref="RestartTracker.Window"/>, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Recent { get; init; } = [];

    /// <summary>A person has been told of this crash loop.</summary>
    public bool Alerted { get; init; }
}
