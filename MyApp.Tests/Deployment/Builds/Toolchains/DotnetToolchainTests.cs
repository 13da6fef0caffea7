using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Tests.Deployment.Builds.Toolchains;

/// <summary>A real SDK. Where the registry lacks a pack, that is the reason to skip.</summary>
public sealed class DotnetToolchainTests : IDisposable
{
    private readonly BuildBench bench = new();

    public DotnetToolchainTests()
    {
        Assert.SkipUnless(ProgramSearch.Find("dotnet") is not null, "needs the .NET SDK");
        bench.File("Tiny.csproj", """
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>
            """);
        bench.File("Program.cs", "Console.WriteLine(System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? \"jit\" : \"native\");\n");
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Run_Trimmed_IsSmallerAndRuns()
    {
        var (whole, trimmed) = (await MakeAsync(new()), await MakeAsync(new() { Trim = true }));

        Assert.SkipUnless(whole.Mode == "self-contained single file", $"needs the runtime's pack: {whole.Mode}");
        Assert.True(trimmed.Bytes < whole.Bytes * 2 / 3, $"{trimmed.Bytes} of {whole.Bytes}");
        Assert.Equal("jit", await SaidByAsync(trimmed));
    }

    [Fact]
    public async Task Run_NativeAot_NeedsNoRuntime()
    {
        Assert.SkipUnless(ProgramSearch.Find("clang") is not null || ProgramSearch.Find("gcc") is not null, "needs a C compiler");
        var native = await MakeAsync(new() { Aot = true });

        Assert.Equal(("native AOT", BinaryFormat.Elf), (native.Mode, native.Binary!.Format));
        Assert.True(native.Bytes < 10 << 20, $"{native.Bytes}");
        Assert.Equal("native", await SaidByAsync(native));
    }

    [Fact]
    public async Task RunAll_ForOtherProcessorsAndSystems_EachIsForItsOwn()
    {
        string[] platforms = ["linux/arm64", "windows/amd64"];
        var request = await bench.RequestAsync(new() { Toolchain = BuildSpec.Dotnet, Platforms = platforms });
        var results = await new BuildPipeline(bench.Paths, TimeProvider.System).RunAllAsync(request.ForEachPlatform(), new Unheard<(string Platform, BuildNote Note)>(), BuildBench.Ct);

        Assert.All(results, result => Assert.True(result.Failure is null, result.Failure));
        Assert.Equal(platforms, results.Select(result => result.Artifact!.Platform));
        Assert.Equal([BinaryFormat.Elf, BinaryFormat.Pe], results.Select(result => result.Artifact!.Binary!.Format));
    }

    private async Task<Artifact> MakeAsync(BuildFlags flags)
    {
        var result = await bench.BuildAsync(new() { Toolchain = BuildSpec.Dotnet, Flags = flags });
        Assert.SkipWhen(result.Failure?.Contains("NU110", StringComparison.Ordinal) == true, $"needs a pack that the registry lacks: {result.Failure}");
        Assert.Null(result.Failure);
        return result.Artifact!;
    }

    private async Task<string> SaidByAsync(Artifact artifact)
    {
        var run = await LocalHost.RunAsync(new(bench.Artifacts.PathOf(artifact.Digest), []), BuildBench.Ct);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output.Trim();
    }
}
