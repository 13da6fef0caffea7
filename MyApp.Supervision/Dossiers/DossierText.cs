using System.Globalization;

namespace MyApp.Supervision.Dossiers;

/// <summary>A dossier for people, as every command prints it.</summary>
public static class DossierText
{
    /// <param name="lines">How many of the last lines of each stream.</param>
    public static IEnumerable<string> Lines(ExitDossier dossier, int lines)
    {
        yield return $"{dossier.Instance}  {dossier.EndedAt:yyyy-MM-ddTHH:mm:sszzz}  {dossier.Exit}";
        if (dossier.Reason is { } reason)
            yield return $"  why      {reason}";
        yield return $"  up       {Uptime(dossier)}, {(dossier.WasReady ? "had been ready" : "never got ready")}, {dossier.Restarts} {(dossier.Restarts == 1 ? "restart" : "restarts")} before";
        if (dossier.Then is { } then)
            yield return $"  then     {then}";
        if (dossier.LastProbe is { } probe)
            yield return $"  probe    {probe}";
        if (Resources(dossier) is { Length: > 0 } resources)
            yield return $"  used     {resources}";
        if (dossier.LastGoodRelease is { } good)
            yield return $"  changed  since {good}: {(dossier.ChangesSinceGood.Count == 0 ? "nothing" : string.Join(", ", dossier.ChangesSinceGood))}";
        foreach (var (name, kept) in new[] { ("output", dossier.Output), ("error", dossier.Error) })
        {
            foreach (var line in kept.TakeLast(lines))
                yield return $"  {name,-7}| {line}";
        }

        if (dossier.Goroutines is { } dump)
            yield return $"  goroutines: {dump.Split("\ngoroutine ").Length - 1}, whole with --output json";
    }

    private static string Uptime(ExitDossier dossier) => dossier switch
    {
        { Pid: null } => "not at all",
        { StartedAt: { } started } => Duration(dossier.EndedAt - started),
        _ => "since before this guard",
    };

    private static string Duration(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0##} s")
        : $"{(time.Days > 0 ? $"{time.Days} d " : "")}{time:hh\\:mm\\:ss}";

    private static string Resources(ExitDossier dossier)
    {
        var words = new List<string>();
        if (dossier.MaxMemoryBytes is { } most)
            words.Add($"memory {Mebibytes(most)} at most{(dossier.MemoryLimitBytes is { } limit ? $" of {Mebibytes(limit)}" : "")}");
        if (dossier.CpuSeconds is { } cpu)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"cpu {cpu:0.0##} s"));
        return string.Join(", ", words);
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MiB");
}
