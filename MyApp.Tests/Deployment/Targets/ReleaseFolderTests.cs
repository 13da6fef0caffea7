using MyApp.Deployment.Builds;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Targets.Guard;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Targets;

public sealed class ReleaseFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DataPaths paths;
    private readonly ReleaseFolder releases;

    public ReleaseFolderTests()
    {
        paths = new(folder.Path);
        releases = new(paths, new ArtifactStore(paths.Artifacts));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Place_Twice_KeepsWhatIsThere()
    {
        var release = await ReleaseAsync("dev", 1);
        await releases.PlaceAsync(release, Ct);
        var executable = Path.Combine(paths.Release("orders", release.Id), "bin", "orders");
        var before = File.GetLastWriteTimeUtc(executable);
        await releases.PlaceAsync(release, Ct);

        Assert.Equal(before, File.GetLastWriteTimeUtc(executable));
        Assert.Equal((UnixFileMode)0b101_101_101, File.GetUnixFileMode(executable));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(paths.Release("orders", release.Id), "unit", "unit.json")));
        Assert.Equal(["orders-dev-1"], Names());
    }

    [Fact]
    public async Task Place_OverADamagedRelease_PutsItRight()
    {
        var release = await ReleaseAsync("dev", 1);
        await releases.PlaceAsync(release, Ct);
        var executable = Path.Combine(paths.Release("orders", release.Id), "bin", "orders");
        File.Delete(executable);
        await releases.PlaceAsync(release, Ct);

        Assert.True(File.Exists(executable));
    }

    [Fact]
    public async Task RemoveOld_ManyReleases_KeepsTheNewestAndThoseInUseAndOtherEnvironments()
    {
        for (var number = 1; number <= 12; number++)
            await releases.PlaceAsync(await ReleaseAsync("dev", number), Ct);
        await releases.PlaceAsync(await ReleaseAsync("dev-eu", 1), Ct);
        releases.RemoveOld("orders", "dev", new HashSet<string> { "orders-dev-2" });

        Assert.Equal(
            ["orders-dev-10", "orders-dev-11", "orders-dev-12", "orders-dev-2", "orders-dev-8", "orders-dev-9", "orders-dev-eu-1"],
            Names());
    }

    [Fact]
    public async Task SetCurrent_Twice_PointsToTheLast()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var release = await ReleaseAsync("dev", number);
            await releases.PlaceAsync(release, Ct);
            releases.SetCurrent(release);
        }

        Assert.Equal("releases/orders-dev-2", new FileInfo(Path.Combine(paths.Services, "orders", "current")).LinkTarget);
    }

    private IEnumerable<string> Names() => Directory.EnumerateDirectories(paths.Releases("orders")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    private async Task<Release> ReleaseAsync(string environment, int number)
    {
        var id = $"orders-{environment}-{number}";
        return new()
        {
            Id = id, Service = "orders", Environment = environment, Number = number, ArtifactBytes = 1, CreatedAt = default, CreatedBy = "ada",
            Artifact = await new ArtifactStore(paths.Artifacts).AddAsync(folder.File("program", "content"), Ct),
            Unit = new Unit { Service = "orders", Environment = environment, Release = id, Executable = Path.Combine(paths.Release("orders", id), "bin", "orders") },
        };
    }
}
