using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MyApp.Deployment.Sources;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Sources;

public sealed class SourceStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string StoreFolder => Path.Combine(folder.Path, "store");

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, SourceRefusal> Hostile => new()
    {
        { "absolute", SourceRefusal.UnsafeName },
        { "parent", SourceRefusal.UnsafeName },
        { "inner-parent", SourceRefusal.UnsafeName },
        { "backslash", SourceRefusal.UnsafeName },
        { "control", SourceRefusal.UnsafeName },
        { "link-absolute", SourceRefusal.UnsafeLink },
        { "link-out", SourceRefusal.UnsafeLink },
        { "link-up-after-down", SourceRefusal.UnsafeLink },
        { "through-link", SourceRefusal.UnsafeLink },
        { "hard-link-out", SourceRefusal.UnsafeName },
        { "hard-link-unknown", SourceRefusal.UnsafeLink },
        { "device", SourceRefusal.UnsafeEntry },
        { "fifo", SourceRefusal.UnsafeEntry },
        { "setuid", SourceRefusal.UnsafeEntry },
        { "twice", SourceRefusal.DuplicateName },
        { "below-file", SourceRefusal.DuplicateName },
        { "empty", SourceRefusal.NotAnArchive },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Save_HostileArchive_IsRefusedByName(string what, SourceRefusal reason)
    {
        var archive = Pack(tar =>
        {
            foreach (var entry in HostileEntries(what))
                tar.WriteEntry(entry);
        });
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => SaveAsync(archive));

        Assert.Equal(reason, refused.Reason);
        Assert.Empty(Directory.EnumerateFileSystemEntries(StoreFolder));
    }

    [Fact]
    public async Task Save_MoreBytesThanAllowed_IsRefusedBeforeTheEnd()
    {
        using var endless = new EndlessStream();
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(
            () => new SourceStore(StoreFolder).SaveAsync(endless, 1 << 20, TestContext.Current.CancellationToken));

        Assert.Equal(SourceRefusal.TooLarge, refused.Reason);
        Assert.True(endless.Given < 2 << 20, $"{endless.Given} bytes were read");
        Assert.Empty(Directory.EnumerateFileSystemEntries(StoreFolder));
    }

    [Fact]
    public async Task Save_DecompressionBomb_IsRefused()
    {
        var archive = Pack(tar => tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "zeros") { DataStream = new MemoryStream(new byte[8 << 20]) }));
        Assert.True(archive.Length < 100_000);
        var store = new SourceStore(StoreFolder, new() { MaxUnpackedBytes = 4 << 20 });
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => store.SaveAsync(archive, 1 << 20, TestContext.Current.CancellationToken));

        Assert.Equal(SourceRefusal.Bomb, refused.Reason);
    }

    [Fact]
    public async Task Save_TooManyEntries_IsRefused()
    {
        var archive = Pack(tar =>
        {
            for (var i = 0; i < 11; i++)
                tar.WriteEntry(Text($"f{i}"));
        });
        var store = new SourceStore(StoreFolder, new() { MaxEntries = 10 });
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => store.SaveAsync(archive, 1 << 20, TestContext.Current.CancellationToken));

        Assert.Equal(SourceRefusal.TooManyEntries, refused.Reason);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(700)]
    public async Task Save_CutOffOrNoArchive_IsRefused(int length)
    {
        var whole = Pack(tar => tar.WriteEntry(Text("a", new string('x', 5000) + Guid.NewGuid()))).ToArray();
        foreach (var bytes in new[] { whole[..Math.Min(length, whole.Length - 20)], Encoding.ASCII.GetBytes(new string('z', length)) })
        {
            var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => SaveAsync(new MemoryStream(bytes)));
            Assert.Equal(SourceRefusal.NotAnArchive, refused.Reason);
        }
    }

    [Fact]
    public async Task Extract_LinksThatStayInside_AreKept()
    {
        var archive = Pack(tar =>
        {
            tar.WriteEntry(Text("a/b/file", "content"));
            tar.WriteEntry(Link(TarEntryType.SymbolicLink, "a/up", "../top"));
            tar.WriteEntry(Text("top", "top"));
            tar.WriteEntry(Link(TarEntryType.HardLink, "same", "a/b/file"));
        });
        var receipt = await SaveAsync(archive);
        var target = Path.Combine(folder.Path, "out");
        await new SourceStore(StoreFolder).ExtractAsync(receipt.Digest, target, TestContext.Current.CancellationToken);

        Assert.Equal("top", await File.ReadAllTextAsync(Path.Combine(target, "a", "up"), TestContext.Current.CancellationToken));
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(target, "same"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Extract_UnknownDigest_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(
            () => new SourceStore(StoreFolder).ExtractAsync("sha256:../../etc/passwd", folder.Path, TestContext.Current.CancellationToken));

        Assert.Equal(SourceRefusal.Unknown, refused.Reason);
    }

    private Task<MyApp.Deployment.ControlPlane.SourceReceipt> SaveAsync(Stream archive) =>
        new SourceStore(StoreFolder).SaveAsync(archive, 64 << 20, TestContext.Current.CancellationToken);

    private static TarEntry[] HostileEntries(string what) => what switch
    {
        "absolute" => [Text("/etc/passwd")],
        "parent" => [Text("../outside")],
        "inner-parent" => [Text("a/../../outside")],
        "backslash" => [Text("a\\b")],
        "control" => [Text("a\u0001b")],
        "link-absolute" => [Link(TarEntryType.SymbolicLink, "l", "/etc")],
        "link-out" => [Link(TarEntryType.SymbolicLink, "a/l", "../../x")],
        "link-up-after-down" => [Text("a/b/f"), Link(TarEntryType.SymbolicLink, "a/b/l", "../.."), Link(TarEntryType.SymbolicLink, "a/b/m", "l/..")],
        "through-link" => [Link(TarEntryType.SymbolicLink, "l", "a"), Text("l/f")],
        "hard-link-out" => [Link(TarEntryType.HardLink, "h", "../../etc/passwd")],
        "hard-link-unknown" => [Link(TarEntryType.HardLink, "h", "etc/passwd")],
        "device" => [new GnuTarEntry(TarEntryType.CharacterDevice, "d") { DeviceMajor = 1, DeviceMinor = 3 }],
        "fifo" => [new GnuTarEntry(TarEntryType.Fifo, "p")],
        "setuid" => [new GnuTarEntry(TarEntryType.RegularFile, "s") { Mode = UnixFileMode.SetUser | UnixFileMode.UserRead }],
        "twice" => [Text("a"), Text("./a")],
        "below-file" => [Text("a"), Text("a/b")],
        _ => [],
    };

    private static GnuTarEntry Text(string name, string content = "x") => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static GnuTarEntry Link(TarEntryType type, string name, string target) => new(type, name) { LinkName = target };

    private static MemoryStream Pack(Action<TarWriter> write)
    {
        var archive = new MemoryStream();
        using (var compressed = new GZipStream(archive, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(compressed, TarEntryFormat.Gnu))
            write(tar);
        archive.Position = 0;
        return archive;
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
