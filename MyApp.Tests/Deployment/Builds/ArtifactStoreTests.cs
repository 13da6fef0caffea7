using MyApp.Deployment.Builds;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ArtifactStore Store => new(Path.Combine(folder.Path, "store"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Add_SameContentTwice_IsOneReadOnlyFile()
    {
        var first = await Store.AddAsync(folder.File("a", "content"), Ct);
        var again = await Store.AddAsync(folder.File("b", "content"), Ct);

        Assert.Equal(first, again);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "store")));
        Assert.Equal((UnixFileMode)0b101_101_101, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task CopyTo_DamagedFile_IsRefused()
    {
        var digest = await Store.AddAsync(folder.File("a", "content"), Ct);
        File.Delete(Store.PathOf(digest));
        folder.File(Path.GetRelativePath(folder.Path, Store.PathOf(digest)), "other");

        await Assert.ThrowsAsync<InvalidDataException>(() => Store.CopyToAsync(digest, Path.Combine(folder.Path, "out"), Ct));
    }

    [Fact]
    public void Contains_WhatIsNoDigest_IsFalse() => Assert.False(Store.Contains("sha256:../../etc/passwd"));

    [Fact]
    public async Task Remove_PinnedOrNot_TakesTheDocumentsToo()
    {
        var digest = await Store.AddAsync(folder.File("a", "content"), Ct);
        Directory.CreateDirectory(Store.DocumentsOf(digest));
        Assert.False(Store.IsPinned(digest));
        Store.Pin(digest);

        Assert.True(Store.IsPinned(digest));
        Assert.Equal("content".Length, Store.Remove(digest));
        Assert.False(Store.Contains(digest));
        Assert.False(Directory.Exists(Store.DocumentsOf(digest)));
    }
}
