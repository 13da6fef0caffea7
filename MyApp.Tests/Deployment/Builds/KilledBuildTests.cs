using System.Diagnostics;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

/// <summary>kill -9 of the whole program in the middle of a build.</summary>
public sealed class KilledBuildTests : IDisposable
{
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Build_KilledWhileItCompiles_LeavesNothingHalfAndLetsTheNextOneBuild()
    {
        Assert.SkipUnless(ProgramSearch.Find("dotnet") is not null, "needs dotnet");
        bench.File("myapp.yaml", "service: orders\nbuild: { toolchain: command, command: [./make-it], output: out, limits: { time: 20s } }\n");
        bench.Script("make-it", "#!/bin/sh\ncp /bin/true out\ntouch started\nsleep 600\n");
        using var process = Start();
        await Eventually.TrueAsync(HasStarted, "the command has made its output", TimeSpan.FromSeconds(30), BuildBench.Ct);
        Signals.Send(process.Id, Signals.Kill);
        await process.WaitForExitAsync(BuildBench.Ct);

        Assert.False(Directory.Exists(bench.Paths.Artifacts) && Directory.EnumerateFileSystemEntries(bench.Paths.Artifacts).Any());
        foreach (var owner in Directory.GetDirectories(bench.Paths.Work, "*.owner"))
            Directory.SetLastWriteTimeUtc(owner, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        bench.Script("make-it", "#!/bin/sh\ncp /bin/true out\n");
        var next = await bench.BuildAsync(BuildBench.Command("./make-it"));
        Assert.Null(next.Failure);
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Paths.Work));
    }

    private Process Start() => TestProcess.Start(
        ProgramSearch.Find("dotnet")!, [Path.Combine(AppContext.BaseDirectory, "myapp.dll"), "build", "--quiet"],
        new Dictionary<string, string?> { ["MYAPP_DATA"] = bench.Paths.DataFolder }, bench.Source);

    private bool HasStarted() =>
        Directory.Exists(bench.Paths.Work) && Directory.EnumerateDirectories(bench.Paths.Work).Any(folder => File.Exists(Path.Combine(folder, "src", "started")));
}
