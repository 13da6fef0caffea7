using MyApp.Deployment.Builds;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Preflight.Artifact;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

/// <summary>A real UPX.</summary>
public sealed class PackingTests : IDisposable
{
    private readonly BuildBench bench = new();

    public PackingTests()
    {
        Assert.SkipUnless(ProgramSearch.Find("upx") is not null, "needs upx");
        Assert.SkipUnless(ProgramSearch.Find("gcc") is not null, "needs gcc");
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("on")]
    [InlineData("best")]
    public async Task Run_WithALevel_MakesItSmallerAndItStillRuns(string level)
    {
        bench.File("main.c", "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 7; }\n");
        var result = await bench.BuildAsync(BuildBench.Command("gcc", "-O2", "-static", "-o", "out", "main.c") with { Upx = level });

        Assert.Null(result.Failure);
        var step = result.Steps.Single(each => each.Step == "upx");
        Assert.True(result.Artifact!.Packed && step.BytesAfter < step.BytesBefore * 3 / 4, step.ToString());
        var run = await LocalHost.RunAsync(new(bench.Artifacts.PathOf(result.Artifact.Digest), []), BuildBench.Ct);
        Assert.Equal((7, "hello\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Run_OfWhatUpxRefuses_LeavesItAsItIsAndSaysWhy()
    {
        // Too small to be worth it: UPX says so and packs nothing.
        bench.File("main.c", "void _start(void) { __asm__ volatile(\"mov $60, %eax; xor %edi, %edi; syscall\"); }\n");
        var build = BuildBench.Command("gcc", "-static", "-nostdlib", "-o", "out", "main.c") with { Upx = "on" };
        var result = await bench.BuildAsync(build);
        var again = await bench.BuildAsync(build);

        Assert.Null(result.Failure);
        Assert.False(result.Artifact!.Packed);
        Assert.Contains("left as it is, as upx can't pack it", result.Steps.Single(each => each.Step == "upx").Message, StringComparison.Ordinal);
        Assert.Equal((true, "left as it is, as upx could not pack it when it was built"), (again.FromCache, again.Steps.Single(each => each.Step == "upx").Message));
    }

    [Fact]
    public async Task Preflight_OfADynamicExecutableThatIsPacked_SaysWhatItStillNeeds()
    {
        // UPX leaves a small one as it is.
        var code = string.Concat(Enumerable.Range(1, 3000).Select(n => $"if (c == {n}) printf(\"line {n} of %s\\n\", v[0]);\n"));
        bench.File("main.c", $"#include <stdio.h>\nint main(int c, char **v) {{\n{code}return puts(\"hello\") < 0; }}\n");
        var result = await bench.BuildAsync(BuildBench.Command("gcc", "-g", "-o", "out", "main.c") with { Upx = "on", Strip = false });
        Assert.True(result.Artifact is { Packed: true, Static: false, Binary.DebugInfo: true }, result.Failure);
        var spec = SpecReader.Read("service: orders\n", "myapp.yaml").File!.Find("orders", "prod")!;
        var file = bench.Artifacts.PathOf(result.Artifact!.Digest);

        var facts = ArtifactFacts.Of(spec, result.Artifact, file, bench.Source);

        // Its own header names neither.
        Assert.True(ArtifactFacts.Read(spec, file, bench.Source).Binary!.Static);
        Assert.Contains("libc.so.6", facts.Binary!.Libraries);
        // The debug data is not in the packed file, and is not complained of.
        Assert.Equal(["artifact.static"], PreflightRules.Check(facts, null).Select(finding => finding.Rule));
    }

    [Fact]
    public async Task Packing_OfAServer_IsMeasuredAgainstTheSameUnpacked()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "myapp.yaml"), BuildBench.Ct);
        var spec = SpecReader.Read(text, "myapp.yaml").File!.Find("hello", "dev")!;
        bench.File("main.c", await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "main.c"), BuildBench.Ct));
        var request = await bench.RequestAsync(spec.Build with { Upx = "on" });
        var packed = (await bench.RunAsync(request)).Artifact!;

        var variants = await Advice.OfPackingAsync(bench.Paths, TimeProvider.System, spec, request, packed, BuildBench.Ct);

        Assert.Equal(["slim", "packed"], variants.Select(variant => variant.Name));
        Assert.All(variants, variant => Assert.True(variant is { Missing: null, Memory: > 0 } && variant.Start > TimeSpan.Zero, variant.ToString()));
        Assert.True(variants[1].Bytes < variants[0].Bytes);
    }
}
