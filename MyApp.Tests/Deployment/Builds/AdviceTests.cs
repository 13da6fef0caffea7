using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

public sealed class AdviceTests : IDisposable
{
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Measure_ARealServer_HasSizeStartAndMemoryOfEach()
    {
        Assert.SkipUnless(ProgramSearch.Find("gcc") is not null && ProgramSearch.Find("strip") is not null, "needs gcc");
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "myapp.yaml"), BuildBench.Ct);
        var spec = SpecReader.Read(text, "myapp.yaml").File!.Find("hello", "dev")!;
        bench.File("main.c", await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "main.c"), BuildBench.Ct));
        var advice = await Advice.MeasureAsync(bench.Paths, TimeProvider.System, spec, await bench.RequestAsync(spec.Build), BuildBench.Ct);

        Assert.Equal(["plain", "slim", "packed"], advice.Variants.Select(variant => variant.Name));
        Assert.All(advice.Variants.Take(2), variant => Assert.True(variant is { Missing: null, Memory: > 0 } && variant.Start > TimeSpan.Zero, variant.ToString()));
        Assert.True(advice.Variants[1].Bytes < advice.Variants[0].Bytes);
        if (ProgramSearch.Find("upx") is null)
            Assert.Equal("upx is not installed on this machine", advice.Variants[2].Missing);
        else
            Assert.True(advice.Variants[2] is { Missing: null, Start: not null, Memory: > 0 } packed && packed.Bytes < advice.Variants[1].Bytes, advice.Variants[2].ToString());
    }

    [Theory]
    [InlineData(100, 60, 30, 10.0, 10.5, "packed")]
    [InlineData(100, 60, 30, 10.0, 40.0, "slim")]
    [InlineData(100, 120, null, 10.0, 10.0, "plain")]
    [InlineData(100, 60, null, 10.0, 10.0, "slim")]
    public void Choose_ByWhatItCosts(int plain, int slim, int? packed, double slimStart, double packedStart, string expected)
    {
        var start = TimeSpan.FromMilliseconds(slimStart);
        Variant[] variants =
            [new("plain", plain, start, 1000, null), new("slim", slim, start, 1000, null), new("packed", packed, TimeSpan.FromMilliseconds(packedStart), 1000, null)];

        Assert.Equal(expected, Advice.Choose(variants).Recommended);
    }

    [Fact]
    public async Task Measure_NoPort_SaysWhyNothingIsMeasured()
    {
        bench.File("readme.md", "");
        var spec = SpecReader.Read("service: orders\n", "myapp.yaml").File!.Find("orders", "dev")!;
        var advice = await Advice.MeasureAsync(bench.Paths, TimeProvider.System, spec, await bench.RequestAsync(BuildBench.Command("cp", "/bin/true", "out")), BuildBench.Ct);

        Assert.Contains("no port", advice.Variants[0].Missing);
    }
}
