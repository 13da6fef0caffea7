using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Tests.Deployment.Builds.Toolchains;

/// <summary>A real Go, with a program that needs next to nothing of its library, so that each platform is quick.</summary>
public sealed class GoMatrixTests : IDisposable
{
    private const string Program = "package main\n\nvar version, greeting string\n\nfunc main() { println(version, greeting, extra) }\n";
    private readonly BuildBench bench = new();

    public GoMatrixTests()
    {
        bench.File("go.mod", "module example.com/tiny\n\ngo 1.18\n");
        bench.File("cmd/tiny/main.go", Program);
        bench.File("cmd/tiny/plain.go", "//go:build !loud\n\npackage main\n\nconst extra = \"plain\"\n");
        bench.File("cmd/tiny/loud.go", "//go:build loud\n\npackage main\n\nconst extra = \"loud\"\n");
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task RunAll_FourPlatforms_EachIsForItsOwn()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        string[] platforms = ["linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"];
        var request = await bench.RequestAsync(new() { Main = "cmd/tiny", Platforms = platforms });
        var results = await new BuildPipeline(bench.Paths, TimeProvider.System).RunAllAsync(request.ForEachPlatform(), new Told(), BuildBench.Ct);

        Assert.Equal(platforms, results.Select(result => result.Artifact?.Platform ?? result.Failure));
        Assert.Equal(
            [BinaryFormat.Elf, BinaryFormat.Elf, BinaryFormat.MachO, BinaryFormat.Pe], results.Select(result => result.Artifact!.Binary!.Format));
        Assert.Equal([true, true, false, false], results.Select(result => result.Artifact!.Static));
        Assert.All(results, result => Assert.True(result.Artifact!.Bytes < result.Artifact.PlainBytes, $"{result.Platform}: {result.Artifact.PlainBytes} → {result.Artifact.Bytes}"));
        Assert.All(results, result => Assert.Equal("example.com/tiny", result.Artifact!.Binary!.Go?.Main?.Path));
        Assert.Contains(results[3].Artifact!.Binary!.Libraries, name => name.Equals("kernel32.dll", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(results[2].Artifact!.Binary!.Libraries, name => name.StartsWith("/usr/lib/libSystem", StringComparison.Ordinal));
        Assert.Equal(4, results.Select(result => result.Artifact!.Digest).Distinct().Count());
        await AssertBuildInfoAsync(results[0].Artifact!);
    }

    [Fact]
    public async Task Run_TagsAndVariables_ReachTheProgram()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        var variables = new Dictionary<string, string> { ["main.version"] = "1.4", ["main.greeting"] = "it's \u00fc nice day" };
        var result = await bench.BuildAsync(new() { Main = "./cmd/tiny", Flags = new() { Tags = ["loud"], Variables = variables } });

        Assert.Null(result.Failure);
        var run = await LocalHost.RunAsync(new(bench.Artifacts.PathOf(result.Artifact!.Digest), []), BuildBench.Ct);
        Assert.Equal("1.4 it's \u00fc nice day loud", run.Error.Trim());
    }

    [Fact]
    public async Task Run_BothLinks_AreOneRunOfGoAndWhatItMakesByItself()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        var (variables, env) = (new Dictionary<string, string> { ["main.version"] = "1" }, new Dictionary<string, string> { ["GOFLAGS"] = "-x" });
        var request = await bench.RequestAsync(new() { Main = "cmd/tiny", Env = env, Flags = new() { Variables = variables } });
        var told = new List<string>();
        var result = await bench.RunAsync(request with { OnLine = told.Add });

        Assert.Null(result.Failure);
        Assert.Single(told, line => line.Contains("/link -o ", StringComparison.Ordinal));
        Assert.Equal(await LinkedAsync("-buildid= -X=main.version=1"), result.Artifact!.PlainBytes);
        Assert.Equal(await LinkedAsync("-s -w -buildid= -X=main.version=1"), result.Artifact.Bytes);
        Assert.Equal(await Digests.OfFileAsync(Linked, BuildBench.Ct), result.Artifact.Digest);
        Assert.Equal([null, result.Artifact.PlainBytes], result.Steps.Where(step => step.Step is "compile" or "slim").Select(step => step.BytesBefore));
    }

    [Fact]
    public async Task Run_FlagsNameAProgramForTheTools_ItRunsThemAndEachPackageIsCompiledOnce()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        var log = bench.File("../log", "");
        File.SetUnixFileMode(log, (UnixFileMode)0b110_110_110);
        var own = bench.Script("../own", $"#!/bin/sh\n[ \"$2\" = -V=full ] || echo \"${{1##*/}} $TOOLEXEC_IMPORTPATH\" >> {log}\nexec \"$@\"\n");
        var env = new Dictionary<string, string> { ["GOFLAGS"] = $"-toolexec={own}" };
        var result = await bench.BuildAsync(new() { Main = "cmd/tiny", Env = env, Flags = new() { Rebuild = true } });

        Assert.Null(result.Failure);
        Assert.True(result.Artifact!.Bytes < result.Artifact.PlainBytes);
        var ran = await File.ReadAllLinesAsync(log, BuildBench.Ct);
        Assert.Equal(["compile example.com/tiny/cmd/tiny", "link example.com/tiny/cmd/tiny", "link example.com/tiny/cmd/tiny"], ran.Where(line => line.Contains("tiny")));
        Assert.Single(ran, "compile runtime");
    }

    [Fact]
    public async Task Run_PackagesOfTheDistributionAndOneThatIsNowhere_TheCompilersWordsAreTold()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        File.Delete(Path.Combine(bench.Source, "go.mod"));
        bench.File("cmd/tiny/uses.go", "package main\n\nimport _ \"example.com/nowhere\"\n");
        var result = await bench.BuildAsync(new() { Toolchain = BuildSpec.Go, Main = "cmd/tiny" });

        Assert.StartsWith("'go build' failed with exit code 1", result.Failure);
        Assert.Contains("cannot find package \"example.com/nowhere\"", result.Failure);
    }

    [Fact]
    public async Task Run_WithCgo_CallsCAndIsSaidToBeDynamic()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null && ProgramSearch.Find("gcc") is not null, "needs go and gcc");
        bench.File("cmd/tiny/main.go", "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { println(int(C.abs(-42)), extra) }\n");
        var result = await bench.BuildAsync(new() { Main = "./cmd/tiny", Flags = new() { Cgo = true } });

        Assert.Null(result.Failure);
        Assert.False(result.Artifact!.Static);
        Assert.Contains("libc.so.6", result.Artifact.Binary!.Libraries);
        Assert.Contains("cgo makes it dynamic", result.Steps.Single(step => step.Step == "verify").Message, StringComparison.Ordinal);
        var run = await LocalHost.RunAsync(new(bench.Artifacts.PathOf(result.Artifact.Digest), []), BuildBench.Ct);
        Assert.Equal("42 plain", run.Error.Trim());
    }

    [Fact]
    public async Task Run_NoMainPackage_SaysWhichKeyChooses()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        bench.File("lib.go", "package tiny\n");
        var result = await bench.BuildAsync(new());

        Assert.Contains("build.main", result.Failure);
    }

    [Fact]
    public async Task Run_VendorFolder_IsBuiltFromIt()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        bench.File("go.mod", "module example.com/tiny\n\ngo 1.18\n\nrequire example.com/dep v1.2.3\n");
        bench.File("vendor/modules.txt", "# example.com/dep v1.2.3\n## explicit; go 1.18\nexample.com/dep\n");
        bench.File("vendor/example.com/dep/dep.go", "package dep\n\nconst Name = \"dep\"\n");
        bench.File("cmd/tiny/uses.go", "package main\n\nimport \"example.com/dep\"\n\nfunc init() { greeting = dep.Name }\n");
        var pinned = new Dictionary<string, string> { ["example.com/dep"] = "v1.2.3" };
        var good = await bench.BuildAsync(new() { Main = "cmd/tiny", Pins = pinned });
        pinned["example.com/dep"] = "v1.3.0";
        var refused = await bench.BuildAsync(new() { Main = "cmd/tiny", Pins = pinned });

        Assert.Null(good.Failure);
        Assert.Contains(ArtifactDocuments.ComponentsOf(bench.Artifacts, good.Artifact!), c => c.Purl == "pkg:golang/example.com/dep@v1.2.3");
        Assert.Contains("orders: example.com/dep is v1.2.3, and policy.deps wants v1.3.0", refused.Failure);
    }

    private string Linked => Path.Combine(Path.GetDirectoryName(bench.Source)!, "linked");

    private async Task<long> LinkedAsync(string ldflags)
    {
        var env = new Dictionary<string, string> { ["CGO_ENABLED"] = "0", ["GOENV"] = "off", ["GOFLAGS"] = "", ["GOTOOLCHAIN"] = "local" };
        var made = await LocalHost.RunAsync(
            new("go", ["build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", Linked, "./cmd/tiny"]) { WorkingDirectory = bench.Source, Env = env, InheritEnvironment = true }, BuildBench.Ct);
        Assert.Equal("", made.Error);
        return new FileInfo(Linked).Length;
    }

    // What we read must be what go itself reads.
    private async Task AssertBuildInfoAsync(Artifact artifact)
    {
        var go = ProgramSearch.Find("go")!;
        var told = await LocalHost.RunAsync(new(go, ["version", "-m", bench.Artifacts.PathOf(artifact.Digest)]) { InheritEnvironment = true }, BuildBench.Ct);
        var info = artifact.Binary!.Go!;
        Assert.Contains($": {info.Version}\n", told.Output);
        Assert.Contains($"\tpath\t{info.Package}\n", told.Output);
        Assert.NotEmpty(info.Settings);
        Assert.All(info.Settings, setting => Assert.Contains($"\tbuild\t{setting.Key}=", told.Output));
    }

    private sealed class Told : IProgress<(string Platform, BuildNote Note)>
    {
        public void Report((string Platform, BuildNote Note) value) => Assert.NotEmpty(value.Platform);
    }
}
