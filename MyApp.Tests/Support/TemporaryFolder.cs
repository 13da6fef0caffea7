namespace MyApp.Tests.Support;

/// <summary>A folder of a test's own, gone when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Directory.CreateDirectory(Path);
        // Services and builds run as other users, who must get through.
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "myapp-test-" + Guid.NewGuid().ToString("N")[..12]);

    public string File(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
#pragma warning disable RS0030 // not state
        System.IO.File.WriteAllText(path, text);
#pragma warning restore RS0030
        return path;
    }

    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
