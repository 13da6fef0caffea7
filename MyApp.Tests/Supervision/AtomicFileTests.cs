using MyApp.Supervision.Files;

namespace MyApp.Tests.Supervision;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("myapp-atomic-");

    [Fact]
    public void Write_ReplacesTheFileAndLeavesNothingElse()
    {
        var path = Path.Combine(folder.FullName, "state.json");
        AtomicFile.WriteAllText(path, "old");

        AtomicFile.WriteAllText(path, "new", UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(["state.json"], Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_ThatFails_LeavesTheOldContent()
    {
        var path = Path.Combine(folder.FullName, "taken");
        Directory.CreateDirectory(Path.Combine(path, "child"));

        Assert.ThrowsAny<Exception>(() => AtomicFile.WriteAllText(path, "new"));

        Assert.Equal(["taken"], Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_OfAFileThatIsPrepared_ShowsItPreparedOrNotAtAll()
    {
        var path = Path.Combine(folder.FullName, "values");
        AtomicFile.WriteAllText(path, "old");

        AtomicFile.WriteAllBytes(path, "new"u8, prepare: made =>
        {
            Assert.Equal(("old", "new"), (File.ReadAllText(path), File.ReadAllText(made)));
            File.SetUnixFileMode(made, UnixFileMode.UserRead);
        });

        Assert.Equal(("new", UnixFileMode.UserRead), (File.ReadAllText(path), File.GetUnixFileMode(path)));
        Assert.Throws<TimeoutException>(() => AtomicFile.WriteAllBytes(path, "newer"u8, prepare: _ => throw new TimeoutException()));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["values"], Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void SyncFolder_OfAFolder_Succeeds() => AtomicFile.SyncFolder(folder.FullName);

    [Fact]
    public void SyncFolder_OfNothing_SaysWhich()
    {
        var missing = Path.Combine(folder.FullName, "missing");

        Assert.Contains(missing, Assert.Throws<IOException>(() => AtomicFile.SyncFolder(missing)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
