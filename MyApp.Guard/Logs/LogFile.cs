using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>One live log file and its rotated predecessors <c>.1</c> (youngest) to <c>.N</c>. Not thread-safe: <see cref="ServiceLog"/> is.</summary>
internal sealed class LogFile(string path) : IDisposable
{
    private FileStream? file;

    public string Path { get; } = path;

    /// <exception cref="IOException">The disk is full, or the like.</exception>
    public void Append(ReadOnlySpan<byte> line, LogRule rule)
    {
        if (file is not null && file.Length > 0 && file.Length + line.Length > rule.MaxFileBytes)
            Rotate(rule.KeepFiles ?? int.MaxValue);
        file ??= Open();
        file.Write(line);
    }

    public void Dispose() => file?.Dispose();

    /// <summary>The live file and its predecessors, youngest first.</summary>
    public IEnumerable<string> Newest()
    {
        for (var (i, name) = (1, Path); File.Exists(name); name = Old(i++))
            yield return name;
    }

    // Unbuffered: a line is in the file, for others and for a guard after us, as soon as it was read.
    private FileStream Open() => new(Path, new FileStreamOptions
    {
        Mode = FileMode.Append,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
    });

    private void Rotate(int keep)
    {
        file?.Dispose();
        file = null;
        if (keep == 0)
            File.Delete(Path);
        for (var i = keep; i > 0; i--)
        {
            var from = i == 1 ? Path : Old(i - 1);
            if (File.Exists(from))
                File.Move(from, Old(i), overwrite: true);
        }
    }

    private string Old(int number) => $"{Path}.{number}";
}
