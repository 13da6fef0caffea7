using MyApp.Deployment.Builds;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

public sealed class BuildCacheTests : IDisposable
{
    // Copies a program, and leaves a line for each time it does.
    private const string Make = "#!/bin/sh\ncp /bin/true out\necho one >> runs\n";
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Run_TheSameTwiceAtOnce_IsBuiltOnce()
    {
        bench.Script("make-it", "#!/bin/sh\nsleep 0.5\ncp /bin/true out\n");
        var request = await bench.RequestAsync(BuildBench.Command("./make-it"));
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => bench.RunAsync(request))));

        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.Single(results, result => !result.FromCache);
        Assert.Single(results.Select(result => result.Artifact!.Provenance).Distinct());
    }

    [Fact]
    public async Task Run_UnchangedAgain_DoesNothingButFindItOut()
    {
        bench.Script("make-it", Make);
        var request = await bench.RequestAsync(BuildBench.Command("./make-it"));
        var first = await bench.RunAsync(request);
        var again = await bench.RunAsync(request);

        Assert.True(again.FromCache);
        Assert.Equal(["resolve"], again.Steps.Where(step => !step.Skipped).Select(step => step.Step));
        Assert.Equal(first.Steps.Select(step => step.Step), again.Steps.Select(step => step.Step));
    }

    [Fact]
    public async Task Run_OtherSettings_IsAnotherBuild()
    {
        bench.Script("make-it", Make);
        var first = await bench.BuildAsync(BuildBench.Command("./make-it"));
        var limits = await bench.BuildAsync(BuildBench.Command("./make-it") with { Limits = new() { Time = TimeSpan.FromMinutes(1) } });
        var env = await bench.BuildAsync(BuildBench.Command("./make-it") with { Env = new Dictionary<string, string> { ["CFLAGS"] = "-O3" } });

        Assert.Equal([false, true, false], new[] { first, limits, env }.Select(result => result.FromCache));
    }

    [Fact]
    public async Task Run_ArtifactIsGone_IsBuiltAgain()
    {
        bench.Script("make-it", Make);
        var first = await bench.BuildAsync(BuildBench.Command("./make-it"));
        File.Delete(bench.Artifacts.PathOf(first.Artifact!.Digest));
        var again = await bench.BuildAsync(BuildBench.Command("./make-it"));

        Assert.False(again.FromCache);
        Assert.True(bench.Artifacts.Contains(first.Artifact.Digest));
    }

    [Fact]
    public async Task Run_AfterABuilderWasKilled_RemovesItsFolder()
    {
        // What kill -9 leaves: the folder of the build and that of its lock, which nobody holds.
        var dead = Directory.CreateDirectory(Path.Combine(bench.Paths.Work, "dead", "src"));
        var owner = Directory.CreateDirectory(Path.Combine(bench.Paths.Work, "dead.owner"));
        owner.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
        bench.Script("make-it", Make);
        await bench.BuildAsync(BuildBench.Command("./make-it"));

        Assert.False(dead.Parent!.Exists && Directory.Exists(dead.Parent.FullName));
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Paths.Work));
    }

    [Fact]
    public async Task Collect_ByAge_SparesThePinnedAndTheYoung()
    {
        var clock = new FakeClock();
        var (old, pinned, young) = (await MakeAsync("/bin/true"), await MakeAsync("/bin/false"), await MakeAsync("/bin/ls"));
        bench.Artifacts.Pin(pinned.Digest);
        Touch(old, clock.GetUtcNow() - TimeSpan.FromDays(31));
        Touch(pinned, clock.GetUtcNow() - TimeSpan.FromDays(400));
        Touch(young, clock.GetUtcNow() - TimeSpan.FromDays(29));

        Assert.Equal(old.Bytes, BuildCollector.Collect(bench.Paths, new(), clock));
        Assert.Equal([false, true, true], new[] { old, pinned, young }.Select(artifact => bench.Artifacts.Contains(artifact.Digest)));
    }

    [Fact]
    public async Task Collect_BySize_RemovesTheOldestFirst()
    {
        var clock = new FakeClock();
        var (old, young) = (await MakeAsync("/bin/true"), await MakeAsync("/bin/false"));
        Touch(old, clock.GetUtcNow() - TimeSpan.FromDays(2));
        Touch(young, clock.GetUtcNow() - TimeSpan.FromDays(1));
        BuildCollector.Collect(bench.Paths, new() { Bytes = young.Bytes }, clock);

        Assert.Equal([false, true], new[] { old, young }.Select(artifact => bench.Artifacts.Contains(artifact.Digest)));
    }

    private async Task<Artifact> MakeAsync(string program)
    {
        bench.Script("make-it", $"#!/bin/sh\ncp {program} out\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Strip = false });
        Assert.Null(result.Failure);
        return result.Artifact!;
    }

    private void Touch(Artifact artifact, DateTimeOffset at)
    {
        var record = Directory.GetFiles(BuildCache.Folder(bench.Paths)).Single(path => File.ReadAllText(path).Contains(artifact.Digest, StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(record, at.UtcDateTime);
    }
}
