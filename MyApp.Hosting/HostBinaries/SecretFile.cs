using MyApp.Supervision.Files;

namespace MyApp.Hosting.HostBinaries;

/// <summary>A secret in a file of its own that only this user can read.</summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What the file holds; a new value, written first, where there is none.</summary>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        if (Read(path) is { } kept)
            return kept;
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var value = create();
        AtomicFile.WriteAllText(path, value, OwnerOnly);
        return value;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } value ? value : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
