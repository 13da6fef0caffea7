namespace MyApp.Deployment.Policies;

/// <summary>What follows a run: it is started again, it has done its work, or it stays down until a person asks.</summary>
public enum AfterExit { Restart, Completed, GivenUp }

/// <summary>A pause that chance stretches; all three alike where it does not.</summary>
public sealed record PauseRange(TimeSpan Least, TimeSpan Middle, TimeSpan Most)
{
    public static PauseRange Of(TimeSpan pause) => new(pause, pause, pause);
}

/// <summary>One run of the instance, from its start to what its end leads to. Times count from the first start.</summary>
public sealed record SimulatedRun
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required TimeSpan Start { get; init; }

    /// <summary>It was ready, as the target sees it, when it ended or before.</summary>
    public bool Ready { get; init; }

    public required TimeSpan End { get; init; }

    /// <summary>How it ended and what follows from it, in the target's words.</summary>
    public required string Reason { get; init; }

    public required AfterExit Then { get; init; }

    /// <summary>Null unless it is started again.</summary>
    public PauseRange? Pause { get; init; }

    /// <summary>After the middle of the pause; null unless it is started again.</summary>
    public TimeSpan? NextStart => Pause is { } pause ? End + pause.Middle : null;

    /// <summary>The target names it a crash loop (or by its own word for that).</summary>
    public bool CrashLoop { get; init; }

    /// <summary>A person is told now.</summary>
    public bool Alert { get; init; }
}

/// <param name="Settings">The target's own settings that the rule becomes, or its defaults where it has none for it.</param>
/// <param name="Notes">Where the target does something else than the rule asks for.</param>
/// <param name="NotReached">Planned exits that do not happen, as it was not started again.</param>
public sealed record Simulation(
    string Target, IReadOnlyList<string> Settings, IReadOnlyList<SimulatedRun> Runs, IReadOnlyList<string> Notes, int NotReached);
