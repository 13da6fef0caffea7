namespace MyApp.Supervision.Logs;

/// <summary>What is in the folder of a service's log.</summary>
public static class LogFolder
{
    /// <summary>Begins the name of a file that is still being compressed.</summary>
    public const string Unfinished = ".";

    /// <returns>The rotated files, the youngest first. Of one that has been compressed and not removed yet, the compressed one.</returns>
    public static List<RotatedLog> Rotated(string folder)
    {
        var found = new Dictionary<(LogStream, DateTimeOffset), RotatedLog>();
        if (!Directory.Exists(folder))
            return [];
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (RotatedLog.Parse(file.Name) is { } log && (log.Compressed || !found.ContainsKey((log.Stream, log.Ended))))
                found[(log.Stream, log.Ended)] = log with { Bytes = SizeOf(file) };
        }

        return [.. found.Values.OrderByDescending(f => f.Ended)];
    }

    /// <returns>Bytes of the live files together.</returns>
    public static long LiveBytes(string folder) =>
        LogStreams.All.Select(s => new FileInfo(Path.Combine(folder, $"{s.Name()}.log"))).Sum(SizeOf);

    // It may be removed while it is looked at.
    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Exists ? file.Length : 0;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
