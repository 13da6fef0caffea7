using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Transport;

public sealed class LocalHostTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OutputsAndExitCode_AreTold()
    {
        var result = await LocalHost.RunAsync(new("/bin/sh", ["-c", "echo out; echo err >&2; exit 7"]), Ct);

        Assert.Equal((7, "out\n", "err\n", false), (result.ExitCode, result.Output, result.Error, result.TimedOut));
    }

    [Fact]
    public async Task Run_Environment_IsOnlyWhatWasGiven()
    {
        var result = await LocalHost.RunAsync(new("/usr/bin/env", []) { Env = new Dictionary<string, string> { ["ONLY"] = "a b=c" } }, Ct);

        Assert.Equal("ONLY=a b=c\n", result.Output);
    }

    [Fact]
    public async Task Run_ArgumentsWithEverything_ArriveAsTheyAre()
    {
        string[] args = ["a b", "", "'\"$HOME`x`;", "é\n*", "--"];
        var result = await LocalHost.RunAsync(new("/usr/bin/printf", ["<%s>", .. args]), Ct);

        Assert.Equal(string.Concat(args.Select(arg => $"<{arg}>")), result.Output.TrimEnd('\n'));
    }

    [Fact]
    public async Task Run_Input_IsWrittenAndClosed() =>
        Assert.Equal("hello\n", (await LocalHost.RunAsync(new("/bin/cat", []) { StdIn = "hello\n" }, Ct)).Output);

    [Fact]
    public async Task Run_OutOfTime_EndsTheWholeGroup()
    {
        int? inner = null;
        var result = await LocalHost.RunAsync(
            new("/bin/sh", ["-c", "sleep 300 & echo $!; wait"]) { Timeout = TimeSpan.FromSeconds(1), OnLine = (_, line) => inner = int.Parse(line, null) }, Ct);

        Assert.True(result.TimedOut);
        Assert.False(IsAlive(inner!.Value));
    }

    [Fact]
    public async Task Run_Cancelled_EndsTheWholeGroupAndThrows()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var inner = new TaskCompletionSource<int>();
        var run = LocalHost.RunAsync(
            new("/bin/sh", ["-c", "sleep 300 & echo $!; wait"]) { OnLine = (_, line) => inner.TrySetResult(int.Parse(line, null)) }, cancel.Token);
        var pid = await inner.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.False(IsAlive(pid));
    }

    [Fact]
    public async Task Run_FloodOfOutput_IsKeptWithinTheBound()
    {
        var result = await LocalHost.RunAsync(new("/usr/bin/seq", ["1", "200000"]) { MaxCaptured = 4096 }, Ct);

        Assert.InRange(result.Output.Length, 2000, 5000);
        Assert.StartsWith("1\n2\n", result.Output);
        Assert.EndsWith("200000\n", result.Output);
        Assert.Contains("lines left out", result.Output);
    }

    [Fact]
    public async Task Run_NoSuchProgram_Throws()
    {
        var thrown = await Assert.ThrowsAsync<ProgramStartException>(() => LocalHost.RunAsync(new("no-such-program", []), Ct));

        Assert.Contains("no-such-program", thrown.Message);
    }

    [Fact]
    public async Task Run_AsAnotherUser_HasOnlyThatUsersRights()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var result = await LocalHost.RunAsync(new("/usr/bin/id", ["-u"]) { User = new(60_577, 60_577) }, Ct);

        Assert.Equal("60577\n", result.Output);
    }

    [Fact]
    public void DataFolder_Variables_AreAskedInOrder()
    {
        Assert.Equal("/data", DataFolder.Resolve(name => name switch { "MYAPP_DATA" => "/data", "HOME" => "/home/ada", _ => null }, isRoot: false));
        Assert.Equal("/state/myapp", DataFolder.Resolve(name => name switch { "XDG_STATE_HOME" => "/state", "HOME" => "/home/ada", _ => null }, isRoot: false));
        Assert.Equal("/home/ada/.local/state/myapp", DataFolder.Resolve(name => name switch { "XDG_STATE_HOME" => "relative", "HOME" => "/home/ada", _ => null }, isRoot: false));
        Assert.Equal("/var/lib/myapp", DataFolder.Resolve(name => name switch { "HOME" => "/root", _ => null }, isRoot: true));
        Assert.Throws<InvalidOperationException>(() => DataFolder.Resolve(_ => null, isRoot: false));
    }

    [Fact]
    public void GuardBinary_Configured_WinsAndMustExist()
    {
        using var folder = new TemporaryFolder();
        var binary = folder.File("guard", "");

        Assert.Equal(binary, GuardBinary.Find(binary, "/"));
        Assert.Null(GuardBinary.Find(Path.Combine(folder.Path, "missing"), folder.Path));
    }

    // A killed process that nobody has waited for is no longer running either.
    private static bool IsAlive(int pid) => ProcStat.Of(pid) is { IsZombie: false };
}
