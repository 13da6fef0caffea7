using System.Formats.Tar;
using System.IO.Compression;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Specs;

namespace MyApp.Tests.Deployment.Builds.Toolchains;

public sealed class PrebuiltToolchainTests : IDisposable
{
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Run_DigestAsAskedFor_IsTakenAsItIs()
    {
        File.Copy("/bin/true", Path.Combine(bench.Source, "orders-linux-amd64"));
        var digest = await Verification.DigestAsync("/bin/true", BuildBench.Ct);
        var result = await bench.BuildAsync(Spec("orders-${os}-amd64", null, digest));

        Assert.Null(result.Failure);
        Assert.Equal(digest, result.Artifact!.Digest);
    }

    [Fact]
    public async Task Run_OtherDigest_IsRefusedWithBoth()
    {
        File.Copy("/bin/true", Path.Combine(bench.Source, "orders"));
        var wanted = "sha256:" + new string('a', 64);
        var result = await bench.BuildAsync(Spec("orders", null, wanted));

        Assert.Contains(await Verification.DigestAsync("/bin/true", BuildBench.Ct), result.Failure);
        Assert.Contains(wanted, result.Failure);
    }

    [Theory]
    [InlineData("dist/orders", null)]
    [InlineData("dist/server", "holds no file 'dist/server'")]
    public async Task Run_Archive_GivesItsMember(string member, string? failure)
    {
        await using (var file = File.Create(Path.Combine(bench.Source, "orders.tar.gz")))
        await using (var compressed = new GZipStream(file, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(compressed))
            await tar.WriteEntryAsync("/bin/true", "dist/orders", BuildBench.Ct);
        var result = await bench.BuildAsync(Spec("orders.tar.gz", member, null));

        if (failure is null)
            Assert.Equal(await Verification.DigestAsync("/bin/true", BuildBench.Ct), result.Artifact?.Digest ?? result.Failure);
        else
            Assert.Contains(failure, result.Failure);
    }

    [Fact]
    public async Task Run_NoSuchFile_NamesIt()
    {
        bench.File("readme.md", "");
        var result = await bench.BuildAsync(Spec("orders", null, null));

        Assert.Contains("the source has no file 'orders' (build.file)", result.Failure);
    }

    private static BuildSpec Spec(string path, string? member, string? digest)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (digest is not null)
            digests[Platforms.Native] = digest;
        return new() { Toolchain = BuildSpec.Prebuilt, File = new(path, member, digests) };
    }
}
