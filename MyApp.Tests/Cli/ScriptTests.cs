using System.Diagnostics;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary>The <c>./myapp</c> script, on a checkout whose build is a stand-in, so that nothing is built here.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("my app checkout ");
    private readonly string fakeBin;

    public ScriptTests()
    {
        fakeBin = folder.CreateSubdirectory("bin with dotnet").FullName;
        Write(Path.Combine(fakeBin, "dotnet"), """
            #!/bin/sh
            if [ "$1" = publish ]; then
                echo published >>"$PUBLISHED"
                while [ $# -gt 0 ]; do [ "$1" = --output ] && : >"$2/myapp.dll"; shift; done
                exit "${PUBLISH_EXIT:-0}"
            fi
            printf '%s\n' "$PWD" "$MYAPP_DATA" "$@"
            """);
        foreach (var project in new[] { "MyApp.Cli", "MyApp.Deployment", "MyApp.Supervision" })
            Write(Path.Combine(Checkout.CreateSubdirectory(project).CreateSubdirectory("Folder").FullName, "Code.cs"), "");
        foreach (var script in new[] { "myapp", Path.Combine("eng", "data-folder") })
            File.Copy(Repository.File(script), Path.Combine(Checkout.CreateSubdirectory("eng").Parent!.FullName, script));
        // As root the place of the data depends on whether others can get here.
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    private DirectoryInfo Checkout => folder.CreateSubdirectory("check out");

    private string Published => Path.Combine(folder.FullName, "published");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Script_FromAnotherFolder_BuildsOnceAndKeepsFolderAndArguments()
    {
        var first = await RunAsync("status", "two words", "");
        var second = await RunAsync("status");

        string[] expected = ["/usr", $"{Checkout.FullName}/artifacts/data", $"{Checkout.FullName}/artifacts/cli/current/myapp.dll", "status", "two words", ""];
        Assert.Equal((0, string.Join('\n', expected) + "\n"), (first.ExitCode, first.Output));
        Assert.Equal(0, second.ExitCode);
        Assert.Equal("", second.Error);
        Assert.Single(await File.ReadAllLinesAsync(Published, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Script_ASourceIsNewer_BuildsAgain()
    {
        await RunAsync();
        File.SetLastWriteTimeUtc(Path.Combine(Checkout.FullName, "MyApp.Deployment", "Folder", "Code.cs"), new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        await RunAsync();

        Assert.Equal(2, (await File.ReadAllLinesAsync(Published, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Script_SeveralAtOnce_BuildOnce()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync("status")));

        Assert.All(runs, r => Assert.Equal(0, r.ExitCode));
        Assert.Single(await File.ReadAllLinesAsync(Published, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Script_BuildFails_SaysSoAndKeepsNothing()
    {
        var run = await RunWithAsync(new() { ["PUBLISH_EXIT"] = "1" });

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("myapp: the command line could not be built\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Checkout.FullName, "artifacts", "cli"), "build-*"));
    }

    [Fact]
    public async Task Script_NoDotnet_SaysWhatToInstall()
    {
        File.Delete(Path.Combine(fakeBin, "dotnet"));
        // Everything the script needs but dotnet.
        foreach (var tool in new[] { "sh", "cat", "find", "readlink" })
            File.CreateSymbolicLink(Path.Combine(fakeBin, tool), $"/usr/bin/{tool}");

        var run = await RunWithAsync(new() { ["PATH"] = fakeBin });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the .NET SDK 10 is needed", run.Error, StringComparison.Ordinal);
        Assert.Contains("apt-get install dotnet-sdk-10.0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_CalledThroughALink_FindsItsCheckout()
    {
        var link = Path.Combine(folder.FullName, "linked");
        File.CreateSymbolicLink(link, Path.Combine(Checkout.FullName, "myapp"));

        var run = await RunWithAsync([], link);

        Assert.Contains($"{Checkout.FullName}/artifacts/data", run.Output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => RunWithAsync([], null, args);

    private async Task<(int ExitCode, string Output, string Error)> RunWithAsync(Dictionary<string, string> variables, string? script = null, params string[] args)
    {
        var start = new ProcessStartInfo(script ?? Path.Combine(Checkout.FullName, "myapp"), args)
        {
            WorkingDirectory = "/usr", RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{fakeBin}:/usr/bin:/bin";
        start.Environment["PUBLISHED"] = Published;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
#pragma warning disable RS0030 // the script is what is tested
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static void Write(string path, string text)
    {
        MyApp.Supervision.Files.AtomicFile.WriteAllText(path, text + "\n");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
    }
}
