using System.Diagnostics;
using System.Globalization;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary><c>myapp-guard exec</c>.</summary>
public sealed class ShimTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -15 $$", 143)]
    public async Task ExitCode_IsThatOfTheProgram(string script, int expected)
    {
        using var shim = GuardProcess.Start("exec", "--", "/bin/sh", "-c", script);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(expected, shim.ExitCode);
    }

    [Theory]
    [InlineData(127, "not found", "exec", "--", "no-such-program-anywhere")]
    [InlineData(126, "Permission denied", "exec", "--", "/etc/passwd")]
    [InlineData(127, "no user", "exec", "--user", "no-such-user", "--", "/bin/true")]
    [InlineData(2, "usage", "exec", "--grace", "soon", "--", "/bin/true")]
    [InlineData(2, "usage", "exec", "--tether")]
    public async Task CommandLine_ThatCannotWork_IsExplained(int code, string words, params string[] arguments)
    {
        using var shim = GuardProcess.Start(arguments);
        var error = await shim.StandardError.ReadToEndAsync(Ct);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(code, shim.ExitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_EndsTheGroupWithinTheGraceHoweverStubborn()
    {
        using var shim = StartStubborn("--grace", "500ms");
        var pids = await ReadPidsAsync(shim, 3);
        Signals.Send(shim.Id, Signals.Terminate);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(137, shim.ExitCode);
        Assert.All(pids, p => Assert.False(TestService.IsRunning(p)));
    }

    [Fact]
    public async Task Tether_Broken_EndsTheGroup()
    {
        using var shim = StartStubborn("--tether", "--grace", "500ms");
        var pids = await ReadPidsAsync(shim, 3);
        shim.StandardInput.Close();
        await shim.WaitForExitAsync(Ct);

        Assert.All(pids, p => Assert.False(TestService.IsRunning(p)));
    }

    [Fact]
    public async Task Program_EndingAlone_TakesItsChildrenAlong()
    {
        using var shim = GuardProcess.Start("exec", "--grace", "500ms", "--", "/bin/sh", "-c", "setsid sleep 1000 & sleep 1000 & echo $!; exit 4");
        var child = (await ReadPidsAsync(shim, 1))[0];
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(4, shim.ExitCode);
        Assert.False(TestService.IsRunning(child));
    }

    [Fact]
    public async Task StopSignal_IsWhatTheProgramGetsForSigterm()
    {
        using var shim = GuardProcess.Start(
            "exec", "--stop-signal", "INT", "--", "/bin/sh", "-c", "trap 'exit 5' INT; trap 'exit 6' TERM; echo $$; while :; do sleep 0.05; done");
        await ReadPidsAsync(shim, 1);
        Signals.Send(shim.Id, Signals.Terminate);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(5, shim.ExitCode);
    }

    [Fact]
    public async Task User_IsChangedToWithGroupsAndHome()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using var shim = GuardProcess.Start("exec", "--user", "nobody", "--chdir", "/", "--", "/bin/sh", "-c", "id -un; id -Gn; echo $HOME; pwd");
        var lines = (await shim.StandardOutput.ReadToEndAsync(Ct)).Split('\n');

        Assert.Equal(["nobody", "nogroup", "/nonexistent", "/"], lines.Take(4));
    }

    // Prints the pids of itself, of a child that ignores SIGTERM and of one in a session of its own.
    private static Process StartStubborn(params string[] options) => GuardProcess.Start(
        [
            "exec", .. options, "--", "/bin/sh", "-c",
            "trap '' TERM; echo $$; sh -c 'echo $$; exec sleep 1000' & setsid sh -c 'echo $$; exec sleep 1000' & while :; do sleep 0.05; done",
        ]);

    private static async Task<List<int>> ReadPidsAsync(Process shim, int count)
    {
        var pids = new List<int>();
        while (pids.Count < count)
            pids.Add(int.Parse((await shim.StandardOutput.ReadLineAsync(Ct))!, CultureInfo.InvariantCulture));
        return pids;
    }
}
