using System.Diagnostics;
using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>A clock that jumps, descriptors that run out, a pid that is another process's.</summary>
public sealed class HardshipTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-1h")]
    [InlineData("+1h")]
    public async Task Clock_ThatJumps_NeitherShortensNorStretchesAGracePeriod(string jump)
    {
        var offset = Path.GetTempFileName();
        await using var guard = await GuardProcess.StartAsync(FakedClock(offset), Ct);
        await guard.Client.ApplyAsync(
            TestService.Unit(guard.Script("run", "trap '' TERM; echo up; while :; do sleep 0.1; done")) with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(3), Drain = TimeSpan.Zero } }, Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count == 1, Ct);

        var begin = Stopwatch.GetTimestamp();
        var stop = guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);
        await guard.UntilStateAsync(InstanceState.Stopping, Ct);
        await WriteAsync(offset, jump);
        await stop.WaitAsync(TestService.Patience, TimeProvider.System, Ct);

        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 2.9, 10);
        // It really was another time for the guard.
        var off = (await guard.InstanceAsync(1, Ct)).Since - TimeProvider.System.GetUtcNow();
        Assert.True(off.Duration() > TimeSpan.FromMinutes(50), $"the clock of the guard is only {off} off");
        File.Delete(offset);
    }

    [Fact]
    public async Task Clock_SetBack_DoesNotStretchABackoff()
    {
        var offset = Path.GetTempFileName();
        await using var guard = await GuardProcess.StartAsync(FakedClock(offset), Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "sleep 0.2; exit 3")) with { Restart = new RestartRule { Initial = TimeSpan.FromSeconds(1), Max = TimeSpan.FromSeconds(1) } }, Ct);
        var before = await guard.UntilAsync(i => i.State == InstanceState.Backoff && i.Restarts >= 1, Ct);

        await WriteAsync(offset, "-1h");

        await guard.UntilAsync(i => i.Restarts >= before.Restarts + 3, Ct);
        File.Delete(offset);
    }

    [Fact]
    public async Task Descriptors_ThatRunOut_CostNoInstanceAndAreUsedAgain()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "needs /usr/bin/prlimit");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        var limit = await LimitAsync(guard, $"{Directory.EnumerateFileSystemEntries($"/proc/{guard.Pid}/fd").Count()}");
        var cpu = ProcStat.Of(guard.Pid)!.CpuTicks;

        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Ct);

        // The default of USER_HZ is 100: it must not have spun for what it could not have.
        Assert.InRange(ProcStat.Of(guard.Pid)!.CpuTicks - cpu, 0, 100);
        await LimitAsync(guard, limit);
        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);
        Assert.True(TestService.IsRunning(second.Pid!.Value));
    }

    [Fact]
    public async Task Pid_ThatIsAnotherProcessByNow_IsNeitherTakenOverNorKilled()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.CrashAsync(Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{first.Pid}"), "its pid is free", TestService.Patience, Ct);
        using var stranger = WithPid(first.Pid.Value);

        await guard.StartAgainAsync(Ct);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Restarts == 1, Ct);
        Assert.NotEqual(first.Pid, second.Pid);
        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);
        Assert.True(TestService.IsRunning(stranger.Id));
        Signals.Send(stranger.Id, Signals.Kill);
    }

    /// <summary>A process with the pid that is asked for: the kernel can be told which one it gave out last.</summary>
    private static Process WithPid(int pid)
    {
        const string last = "/proc/sys/kernel/ns_last_pid";
        for (var attempt = 0; attempt < 500; attempt++)
        {
            try
            {
                using var file = new StreamWriter(last);
                file.Write(pid - 1);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Assert.Skip($"can't write {last}: {e.Message}");
            }

            var process = TestProcess.Start("/bin/sleep", ["1000"]);
            if (process.Id == pid)
                return process;
            Signals.Send(process.Id, Signals.Kill);
            process.Dispose();
        }

        Assert.Skip($"pid {pid} could not be had on so busy a machine");
        return null!;
    }

    /// <returns>The soft limit before.</returns>
    private static async Task<string> LimitAsync(GuardProcess guard, string files)
    {
        var before = File.ReadLines($"/proc/{guard.Pid}/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        using var tool = TestProcess.Start("/usr/bin/prlimit", ["--pid", guard.Pid.ToString(CultureInfo.InvariantCulture), $"--nofile={files}:"]);
        await tool.WaitForExitAsync(Ct);
        Assert.Equal(0, tool.ExitCode);
        return before;
    }

    private static string FakedClock(string offsetFile)
    {
        var library = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).FirstOrDefault() : null;
        Assert.SkipWhen(library is null, "needs libfaketime (Debian: faketime)");
        File.WriteAllLines(offsetFile, ["+0"]);
        return $"export LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={offsetFile} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1";
    }

    private static Task WriteAsync(string path, string text) => File.WriteAllLinesAsync(path, [text], Ct);
}
