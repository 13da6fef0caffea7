using MyApp.Deployment.Builds;

namespace MyApp.Tests.Deployment.Builds;

public sealed class ReproducibilityTests : IDisposable
{
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Check_TheSameBytesAgain_Holds()
    {
        bench.Script("make-it", "#!/bin/sh\ncp /bin/true out\n");
        var outcome = await CheckAsync();

        Assert.True(outcome.Holds);
        Assert.Empty(outcome.Differences);
    }

    // The folder's own name is in the file, as a careless compiler would put it there.
    [Fact]
    public async Task Check_OtherBytes_SaysWhere()
    {
        bench.Script("make-it", "#!/bin/sh\ncp /bin/true out && pwd >> out\n");
        var outcome = await CheckAsync();

        Assert.False(outcome.Holds);
        Assert.Contains(outcome.Differences, line => line.StartsWith($"first difference at byte {new FileInfo("/bin/true").Length}", StringComparison.Ordinal)
            || line.StartsWith("first difference at byte ", StringComparison.Ordinal));
        Assert.False(bench.Artifacts.Contains(outcome.Second!));
    }

    private async Task<Reproducibility> CheckAsync()
    {
        var request = await bench.RequestAsync(BuildBench.Command("./make-it") with { Strip = false });
        var built = await bench.RunAsync(request);
        Assert.Null(built.Failure);
        return await Reproducibility.CheckAsync(bench.Paths, TimeProvider.System, request, built.Artifact!, new Progress<BuildNote>(), BuildBench.Ct);
    }
}
