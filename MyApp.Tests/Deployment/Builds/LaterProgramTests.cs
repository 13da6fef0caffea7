using System.Text.Json;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

/// <summary>A program that a build would have used is installed, replaced and removed between two builds. Each is a process with a PATH of the test's own.</summary>
public sealed class LaterProgramTests : IDisposable
{
    private readonly BuildBench bench = new();
    private readonly TemporaryFolder bin = new();

    public LaterProgramTests()
    {
        Assert.SkipUnless(ProgramSearch.Find("dotnet") is not null, "needs dotnet");
        File.CreateSymbolicLink(Path.Combine(bin.Path, "dotnet"), ProgramSearch.Find("dotnet")!);
        bench.Script("make-it", "#!/bin/sh\n/bin/cp /bin/true out\nprintf '%64s' >> out\n");
    }

    public void Dispose()
    {
        bench.Dispose();
        bin.Dispose();
    }

    [Theory]
    [InlineData("upx", "upx: on, strip: off")]
    [InlineData("strip", "strip: on")]
    public async Task Build_AProgramOfASettingComesLater_IsBuiltWithIt(string program, string slim)
    {
        bench.File("myapp.yaml", $"service: orders\nbuild: {{ toolchain: command, command: [./make-it], output: out, slim: {{ {slim} }} }}\n");
        var without = await BuildAsync();
        Install(program, bytesLess: 32);
        var with = await BuildAsync();
        var again = await BuildAsync();
        Install(program, bytesLess: 16);
        var other = await BuildAsync();
        File.Delete(Path.Combine(bin.Path, program));
        var gone = await BuildAsync();

        Assert.Equal([false, false, true, false, true], new[] { without, with, again, other, gone }.Select(build => build.FromCache));
        Assert.Equal([0L, 32, 32, 16, 0], new[] { without, with, again, other, gone }.Select(build => without.Bytes - build.Bytes));
    }

    [Fact]
    public async Task Build_OfWhatWasBuiltBeforeWithoutUpx_SaysThatUpxIsMissing()
    {
        bench.File("myapp.yaml", "service: orders\nbuild: { toolchain: command, command: [./make-it], output: out, slim: { upx: on, strip: off } }\n");
        await BuildAsync();
        var again = await BuildAsync();

        Assert.Equal((true, "upx is not installed on this machine"), (again.FromCache, again.Packing));
    }

    [Fact]
    public async Task Build_AProgramNobodyAskedForComesLater_IsNotBuiltAgain()
    {
        bench.File("myapp.yaml", "service: orders\nbuild: { toolchain: command, command: [./make-it], output: out, slim: { strip: off } }\n");
        await BuildAsync();
        Install("upx", bytesLess: 32);
        Install("strip", bytesLess: 32);

        Assert.True((await BuildAsync()).FromCache);
    }

    // Both are called with …, -o, their output, --, their input.
    private void Install(string name, int bytesLess)
    {
        File.Delete(Path.Combine(bin.Path, name));
        File.SetUnixFileMode(bin.File(name, $"#!/bin/sh\n/usr/bin/head -c -{bytesLess} \"$5\" > \"$3\"\n"), (UnixFileMode)0b111_101_101);
    }

    private async Task<(bool FromCache, long Bytes, string? Packing)> BuildAsync()
    {
        var environment = new Dictionary<string, string?> { ["MYAPP_DATA"] = bench.Paths.DataFolder, ["PATH"] = bin.Path };
        using var process = TestProcess.Start(ProgramSearch.Find("dotnet")!, [Path.Combine(AppContext.BaseDirectory, "myapp.dll"), "build", "-o", "json"], environment, bench.Source);
        var error = process.StandardError.ReadToEndAsync(BuildBench.Ct);
        using var document = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(BuildBench.Ct));
        await process.WaitForExitAsync(BuildBench.Ct);
        Assert.True(process.ExitCode == 0, await error);
        var build = document.RootElement.GetProperty("builds")[0];
        var packing = build.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("step").GetString() == "upx").GetProperty("message").GetString();
        return (build.GetProperty("fromCache").GetBoolean(), build.GetProperty("artifact").GetProperty("bytes").GetInt64(), packing);
    }
}
