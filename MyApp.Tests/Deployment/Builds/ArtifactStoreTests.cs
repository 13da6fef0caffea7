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
    public void ElfFile_ThisProcess_IsRead()
    {
        using var file = File.OpenRead("/bin/sh");
        var elf = ElfFile.Read(file);

        Assert.Equal(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64", elf!.Architecture);
        Assert.Contains("ld-linux", elf.Interpreter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\n")]
    [InlineData("\u007fELF and nothing of what must follow, though it is long enough to hold a header of that kind")]
    public void ElfFile_AnythingElse_IsNull(string text)
    {
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));

        Assert.Null(ElfFile.Read(file));
    }
}
