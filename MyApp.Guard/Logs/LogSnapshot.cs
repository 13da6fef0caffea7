using System.IO.Compression;
using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>The files of a stream as they are at one moment, open: what is rotated, compressed or removed meanwhile stays readable.</summary>
internal sealed class LogSnapshot : IDisposable
{
    private LogSnapshot(LogStream stream, List<Part> parts) => (Stream, Parts) = (stream, parts);

    public LogStream Stream { get; }

    /// <summary>The youngest first.</summary>
    public IReadOnlyList<Part> Parts { get; }

    /// <param name="since">Files that are older are left out; null: none is.</param>
    public static LogSnapshot Take(string folder, LogStream stream, DateTimeOffset? since)
    {
        var parts = new List<Part>();
        Open(parts, Path.Combine(folder, $"{stream.Name()}.log"), null);
        foreach (var rotated in LogFolder.Rotated(folder).Where(r => r.Stream == stream && !(r.Ended < since)))
            Open(parts, Path.Combine(folder, rotated.Name), rotated);
        return new LogSnapshot(stream, parts);
    }

    public void Dispose()
    {
        foreach (var part in Parts)
            part.File.Dispose();
    }

    private static void Open(List<Part> parts, string path, RotatedLog? rotated)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            parts.Add(new Part(file, file.Length, rotated?.Ended ?? new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle)), rotated?.Compressed ?? false));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing was logged yet, or it has just been removed, or compressed.
            if (rotated is { Compressed: false })
                Open(parts, $"{path}.gz", rotated with { Compressed = true });
        }
    }

    /// <param name="Length">Bytes to be read; what comes later belongs to a follower.</param>
    /// <param name="Ended">Nothing in it is younger.</param>
    internal sealed record Part(FileStream File, long Length, DateTimeOffset Ended, bool Compressed)
    {
        /// <summary>Its text, from an offset where it is not compressed.</summary>
        public Stream Text(long offset)
        {
            if (Compressed)
                return new GZipStream(File, CompressionMode.Decompress, leaveOpen: true);
            File.Position = offset;
            return File;
        }
    }
}
