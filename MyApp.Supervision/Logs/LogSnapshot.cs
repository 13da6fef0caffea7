namespace MyApp.Supervision.Logs;

/// <summary>The files of a stream as they are at one moment, open: what is rotated, compressed or removed meanwhile stays readable.</summary>
public sealed class LogSnapshot : IDisposable
{
    private readonly List<LogPart> parts = [];

    private LogSnapshot(LogStream stream) => Stream = stream;

    public LogStream Stream { get; }

    /// <summary>The youngest first.</summary>
    internal IReadOnlyList<LogPart> Parts => parts;

    /// <param name="since">Files that are older are left out; null: none is.</param>
    /// <exception cref="IOException">A file can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static LogSnapshot Take(string folder, LogStream stream, DateTimeOffset? since)
    {
        while (true)
        {
            var rotated = Rotated(folder, stream);
            var snapshot = new LogSnapshot(stream);
            snapshot.Open(System.IO.Path.Combine(folder, $"{stream.Name()}.log"), null);
            foreach (var log in rotated.Where(r => !(r.Ended < since)))
                snapshot.Open(System.IO.Path.Combine(folder, log.Name), log);
            // Who is not the guard may have been overtaken by a rotation: then a file is in there twice, or not at all.
            if (Rotated(folder, stream).FirstOrDefault()?.Ended == rotated.FirstOrDefault()?.Ended)
                return snapshot;
            snapshot.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var part in Parts)
            part.Dispose();
    }

    private static List<RotatedLog> Rotated(string folder, LogStream stream) => [.. LogFolder.Rotated(folder).Where(r => r.Stream == stream)];

    private void Open(string path, RotatedLog? rotated)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            var ended = rotated?.Ended ?? new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle));
            parts.Add(new(file, file.Length, ended, rotated?.Compressed ?? false));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing was logged yet, or it has just been removed, or compressed.
            if (rotated is { Compressed: false })
                Open($"{path}.gz", rotated with { Compressed = true });
        }
    }
}
