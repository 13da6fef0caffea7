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
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task Clock_ThatJumps_NeitherShortensNorStretchesAGracePeriod(int jump)
    {
        using var clock = new TemporaryFolder();
        var moved = await MovedClockAsync(clock);
        await using var guard = await GuardProcess.StartWithAsync(moved, Ct);
        // The program moves the clock when it is told to end, so in the middle of its grace period; it is a user of its own.
        File.SetUnixFileMode(clock.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(moved["CLOCK_OFFSET"], (UnixFileMode)0b110_110_110);
        await guard.Client.ApplyAsync(
            TestService.Unit(guard.Script("run", $"trap 'echo {jump} > {moved["CLOCK_OFFSET"]}' TERM; echo up; while :; do sleep 0.1; done")) with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(3), Drain = TimeSpan.Zero } }, Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count == 1, Ct);

        var begin = Stopwatch.GetTimestamp();
        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct).WaitAsync(TestService.Patience, TimeProvider.System, Ct);

        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 2.9, 60);
        // It really was another time for the guard.
        var off = (await guard.InstanceAsync(1, Ct)).Since - TimeProvider.System.GetUtcNow();
        Assert.True(off.Duration() > TimeSpan.FromMinutes(50), $"the clock of the guard is only {off} off");
    }

    [Fact]
    public async Task Clock_SetBack_DoesNotStretchABackoff()
    {
        using var clock = new TemporaryFolder();
        await using var guard = await GuardProcess.StartWithAsync(await MovedClockAsync(clock), Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "sleep 0.2; exit 3")) with { Restart = new RestartRule { Initial = TimeSpan.FromSeconds(1), Max = TimeSpan.FromSeconds(1) } }, Ct);
        var before = await guard.UntilAsync(i => i.State == InstanceState.Backoff && i.Restarts >= 1, Ct);

        Move(clock, -3600);

        await guard.UntilAsync(i => i.Restarts >= before.Restarts + 3, Ct);
    }

    // Which step finds none depends on how many are left.
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Descriptors_ThatRunOut_CostNoInstanceAndAreUsedAgain(int left)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "needs /usr/bin/prlimit");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "while :; do sleep 0.2; done")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        var limit = await LimitAsync(guard, $"{Directory.EnumerateFileSystemEntries($"/proc/{guard.Pid}/fd").Count() + left}");
        var cpu = ProcStat.Of(guard.Pid)!.CpuTicks;

        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Ct);

        // The default of USER_HZ is 100: it must not have spun for what it could not have.
        Assert.InRange(ProcStat.Of(guard.Pid)!.CpuTicks - cpu, 0, 100);
        await LimitAsync(guard, limit);
        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid is not null && i.Pid != first.Pid, Ct);
        Assert.Equal([second.Pid!.Value], ProcStat.Running().Where(p => p.Pid == p.Session && CommandOf(p.Pid).Contains($"{guard.DataFolder}/run", StringComparison.Ordinal)).Select(p => p.Pid));
    }

    [Fact]
    public async Task Unit_ThatCanNotBeWrittenDown_IsNotTaken()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await using var disk = await SmallDisk.MountAsync(Path.Combine(guard.DataFolder, "guard", "units"), Ct);
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000"));
        disk.Fill();

        Assert.Equal("internal", (await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(unit, Ct))).Code);
        Assert.Empty((await guard.Client.StatusAsync(null, null, Ct)).Units);

        disk.Empty();
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.RemoveAsync(unit.Service, unit.Environment, unit.Release, Ct);
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

    private static string CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
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

    /// <summary>A library that moves CLOCK_REALTIME, and nothing else, by the seconds that a file says.</summary>
    private static async Task<Dictionary<string, string>> MovedClockAsync(TemporaryFolder folder)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "needs a C compiler as /usr/bin/cc");
        var library = Path.Combine(folder.Path, "clock.so");
        using var compiler = TestProcess.Start("/usr/bin/cc", ["-shared", "-fPIC", "-O1", "-o", library, folder.File("clock.c", MovedClock)]);
        var words = await compiler.StandardError.ReadToEndAsync(Ct);
        await compiler.WaitForExitAsync(Ct);
        Assert.True(compiler.ExitCode == 0, words);
        return new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["CLOCK_OFFSET"] = Move(folder, 0) };
    }

    /// <returns>The file that says so.</returns>
    private static string Move(TemporaryFolder folder, int seconds) => folder.File("offset", $"{seconds}");

    private const string MovedClock = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t clock, struct timespec *time)
        {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (clock == CLOCK_REALTIME && result == 0) {
                char text[32] = {0};
                int fd = open(getenv("CLOCK_OFFSET"), O_RDONLY | O_CLOEXEC);
                if (fd >= 0) {
                    if (read(fd, text, sizeof text - 1) > 0)
                        time->tv_sec += atol(text);
                    close(fd);
                }
            }
            return result;
        }
        """;
}
