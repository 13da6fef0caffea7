using System.IO.Compression;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Sources;

public sealed class SourceArchiveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_SameFilesElsewhereAndLater_GivesTheSameBytes()
    {
        foreach (var copy in new[] { "one", "two" })
        {
            folder.File($"{copy}/b/main.go", "package main\n");
            folder.File($"{copy}/a.txt", "a");
        }

        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "two", "a.txt"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(await PackAsync("one"), await PackAsync("two"));
    }

    [Fact]
    public async Task Write_AnyName_ReadsTheSameForWhoeverTakesItForUstar()
    {
        string[] names = ["a", "größe", "link", $"{new string('l', 120)}/file"];
        foreach (var name in names)
            folder.File($"src/{name}", name);
        File.Delete(Path.Combine(folder.Path, "src", "link"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "src", "link"), "a");
        using var tar = new MemoryStream();
        await using (var archive = new GZipStream(new MemoryStream(await PackAsync("src")), CompressionMode.Decompress))
            await archive.CopyToAsync(tar, TestContext.Current.CancellationToken);

        // The long name is an entry of its own.
        var prefixes = TarHeaders.PrefixesOf(tar.ToArray());
        Assert.Equal(names.Length + 1, prefixes.Count);
        Assert.All(prefixes, prefix => Assert.Equal(new byte[prefix.Length], prefix));
        Assert.Equal(names.Order(StringComparer.Ordinal), await NamesAsync("src"));
    }

    [Fact]
    public async Task Write_OutsideGit_LeavesOutWhatTheIgnoreFilesName()
    {
        folder.File("src/.gitignore", "bin/\n*.log\n!keep.log\n");
        folder.File("src/.myappignore", "/secret.txt\ndocs/**/*.png\n");
        foreach (var name in new[] { "main.go", "bin/out", "x/bin/out", "a.log", "keep.log", "secret.txt", "x/secret.txt", "docs/a/b.png", ".git/config" })
            folder.File("src/" + name, name);

        Assert.Equal([".gitignore", ".myappignore", "keep.log", "main.go", "x/secret.txt"], await NamesAsync("src"));
    }

    [Fact]
    public async Task Write_OutsideGit_FollowsTheIgnoreFilesOfEachFolder()
    {
        folder.File("src/.gitignore", "*.log\n/top\n");
        folder.File("src/a/.gitignore", "!kept.log\n/only-here\nb/\n");
        folder.File("src/made/.gitignore", "*\n");
        foreach (var name in new[] { "x.log", "kept.log", "top", "only-here", "a/x.log", "a/kept.log", "a/top", "a/only-here", "a/c/only-here", "a/b/kept.log", "a/c/b/x", "made/orders", "made/x/y" })
            folder.File("src/" + name, name);

        Assert.Equal([".gitignore", "a/.gitignore", "a/c/only-here", "a/kept.log", "a/top", "only-here"], await NamesAsync("src"));
    }

    [Fact]
    public async Task Write_InAGitWorkTree_FollowsGit()
    {
        Assert.SkipUnless(ProgramSearch.Find("git") is not null, "needs git");
        folder.File("src/.gitignore", "ignored/\n");
        foreach (var name in new[] { "tracked", "deleted", "untracked", "ignored/x", "sub/.gitignore", "sub/y.tmp" })
            folder.File("src/" + name, name == "sub/.gitignore" ? "*.tmp\n" : name);
        await GitAsync("init", "-q");
        await GitAsync("add", "tracked", "deleted");
        File.Delete(Path.Combine(folder.Path, "src", "deleted"));

        Assert.Equal([".gitignore", "sub/.gitignore", "tracked", "untracked"], await NamesAsync("src"));
    }

    [Fact]
    public async Task Write_LinkOutOfTheFolder_IsRefusedByName()
    {
        folder.File("src/a", "a");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "src", "out"), "../../etc");
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => PackAsync("src"));

        Assert.Equal(SourceRefusal.UnsafeLink, refused.Reason);
        Assert.Contains("'out'", refused.Message);
    }

    private async Task<byte[]> PackAsync(string name)
    {
        using var archive = new MemoryStream();
        await SourceArchive.WriteAsync(Path.Combine(folder.Path, name), archive, TestContext.Current.CancellationToken);
        return archive.ToArray();
    }

    private async Task<string[]> NamesAsync(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var store = new SourceStore(Path.Combine(folder.Path, "store"));
        using var archive = new MemoryStream(await PackAsync(name));
        var receipt = await store.SaveAsync(archive, 1 << 20, ct);
        var target = Path.Combine(folder.Path, "unpacked");
        await store.ExtractAsync(receipt.Digest, target, ct);
        return [.. Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(target, path)).Order(StringComparer.Ordinal)];
    }

    private Task<string> GitAsync(params string[] args) => GitRepository.GitAsync(Path.Combine(folder.Path, "src"), args);
}
