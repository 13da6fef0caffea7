using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary><c>build</c>, <c>verify</c>, <c>package</c> and <c>deps</c> as they are called, with a build that takes no compiler.</summary>
public sealed class BuildCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public BuildCommandTests()
    {
        folder.File("project/myapp.yaml", "service: orders\nbuild: { toolchain: command, command: [cp, /bin/true, out], output: out, slim: { strip: off } }\n");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Build_Out_WritesWhatVerifyVouchesFor()
    {
        var build = Run();
        Assert.Equal(ExitCode.Ok, await build.RunAsync(Ct, "build", "--out", "dist", "--verify-reproducible", "-o", "json"));
        using var document = JsonDocument.Parse(build.Out);
        var report = document.RootElement.GetProperty("builds")[0];
        Assert.True(report.GetProperty("reproducible").GetProperty("holds").GetBoolean());
        Assert.Equal("elf", report.GetProperty("artifact").GetProperty("binary").GetProperty("format").GetString());
        var file = report.GetProperty("files")[0].GetString()!;

        var good = Run();
        Assert.Equal(ExitCode.Ok, await good.RunAsync(Ct, "verify", file));
        Assert.Contains(report.GetProperty("artifact").GetProperty("digest").GetString()!, good.Out, StringComparison.Ordinal);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.AppendAllTextAsync(file, "x", Ct);
        var changed = Run();
        Assert.Equal(ExitCode.Failed, await changed.RunAsync(Ct, "verify", file));
        Assert.Contains("about another file", changed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_IntoAFolderOfTheSource_IsTheSameOneNextTime(bool inGit)
    {
        Assert.SkipWhen(inGit && ProgramSearch.Find("git") is null, "needs git");
        if (inGit)
            await GitRepository.CommitAllAsync(Path.Combine(folder.Path, "project"));
        string[] arguments = ["build", "--out", "dist", "-o", "json"];
        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, arguments));
        var again = Run();
        Assert.Equal(ExitCode.Ok, await again.RunAsync(Ct, arguments));

        using var document = JsonDocument.Parse(again.Out);
        Assert.True(document.RootElement.GetProperty("builds")[0].GetProperty("fromCache").GetBoolean());
        Assert.DoesNotContain("is part of the source now", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("build", "--out", ".")]
    [InlineData("build", "--out", "there")]
    [InlineData("package", "--tar", "orders.tar.gz")]
    public async Task WhatIsMade_AndIsPartOfTheSource_IsSaid(string verb, string option, string place)
    {
        folder.File("project/there/notes.txt", "here before");
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, verb, option, place));
        Assert.Contains("is part of the source now", run.Error, StringComparison.Ordinal);
        var elsewhere = Run();
        Assert.Equal(ExitCode.Ok, await elsewhere.RunAsync(Ct, verb, option, Path.Combine(folder.Path, "elsewhere")));
        Assert.DoesNotContain("is part of the source now", elsewhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsMade_TheSecondFileAloneIsPartOfTheSource_IsSaid()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "package", "--tar", Path.Combine(folder.Path, "orders.tar.gz"), "--deb", "orders.deb"));
        Assert.Contains("orders.deb is part of the source now", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_NoKeyYet_AsksForOne()
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "verify", "/bin/true"));
        Assert.Contains("--key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_UnknownPlatform_IsBadInput()
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "build", "--platform", "linux/amd46"));
        Assert.Contains("linux/amd64", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "data", "store")));
    }

    [Fact]
    public async Task Build_FromARepositorysAddress_TellsTheCommit()
    {
        Assert.SkipUnless(ProgramSearch.Find("git") is not null, "needs git");
        await GitRepository.CommitAllAsync(Path.Combine(folder.Path, "project"));

        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "build", $"file://{folder.Path}/project", "--out", "dist"));
        var verify = Run();
        Assert.Equal(ExitCode.Ok, await verify.RunAsync(Ct, "verify", Directory.GetFiles(Path.Combine(folder.Path, "project", "dist"), "orders-linux-???*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal)), "-o", "json"));
        using var document = JsonDocument.Parse(verify.Out);
        Assert.Matches("^[0-9a-f]{40}$", document.RootElement.GetProperty("commit").GetString());
        Assert.False(document.RootElement.GetProperty("uncommittedChanges").GetBoolean());
    }

    [Fact]
    public async Task Package_NothingAskedFor_SaysWhatThereIs()
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "package"));
        Assert.Contains("--oci FILE, --tar FILE or --deb FILE", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_TarAndDeb_AreWrittenAndListed()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "package", "--tar", "o.tar.gz", "--deb", "o.deb", "--version-name", "1.4", "-o", "json"));
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(["tar", "deb"], document.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("kind").GetString()));
        Assert.True(File.Exists(Path.Combine(folder.Path, "project", "o.deb")));
    }

    [Fact]
    public async Task Package_ADynamicProgramAsImage_IsRefusedAndNothingIsWritten()
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "package", "--oci", "o.tar"));
        Assert.Contains("build it static", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "project", "o.tar")));
    }

    [Fact]
    public async Task Deps_AServiceWithoutModules_SaysSo()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "deps"));
        Assert.Contains("no modules", run.Out, StringComparison.Ordinal);
    }

    private CliRun Run() => new() { Folder = Path.Combine(folder.Path, "project"), Variables = { ["MYAPP_DATA"] = Path.Combine(folder.Path, "data") } };
}
