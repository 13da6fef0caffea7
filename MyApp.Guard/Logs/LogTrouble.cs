namespace MyApp.Guard.Logs;

/// <summary>Why a file can't be written, since when, and what that has cost. Told once when it begins and once when it is over.</summary>
internal sealed class LogTrouble(string path, LogPump pump)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private long since;
    private long lost;

    /// <summary>Null: there is none.</summary>
    public string? Problem { get; private set; }

    /// <summary>It began less than a second ago: an error line is worth the wait. One wait for each trouble, not for each line.</summary>
    public bool IsFresh => Problem is not null && lost == 0 && pump.Clock.GetElapsedTime(since) < Patience;

    public void Met(string problem)
    {
        if (Problem is not null)
            return;
        (Problem, since) = (problem, pump.Clock.GetTimestamp());
        pump.Report($"{path}: lines are being lost: {problem}");
    }

    public void Count(long lines) => lost += lines;

    public void Over()
    {
        if (Problem is null)
            return;
        pump.Report($"{path}: {lost} lines were lost, and it is written again");
        (Problem, lost) = (null, 0);
    }

    public override string ToString() => $"{path}: {lost} lines lost: {Problem}";
}
