using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Limits of memory, cpu and processes, as the kernel has them.</summary>
public sealed class LimitTests
{
    private const long MiB = 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_BeyondTheLimit_IsNamedAsTheCause()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyLimitedAsync(guard, "/usr/bin/perl", ["-e", "$x = 'a' x (200 << 20); sleep 1000"], new ResourceLimits { MemoryLimitBytes = 48 * MiB });

        var instance = await guard.UntilAsync(i => i.Restarts > 0, Ct);

        Assert.StartsWith("killed by SIGKILL: out of memory (limit 48 MiB)", instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_BeyondTheLimitInAChild_IsNamedToo()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "/usr/bin/perl -e '$x = \"a\" x (200 << 20); sleep 1000'; exit 3");
        await ApplyLimitedAsync(guard, script, [], new ResourceLimits { MemoryLimitBytes = 48 * MiB });

        var instance = await guard.UntilAsync(i => i.Restarts > 0, Ct);

        Assert.StartsWith("exit 3: out of memory (limit 48 MiB)", instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_AreThoseTheKernelHas()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyLimitedAsync(guard, "/bin/sleep", ["1000"], new ResourceLimits
        {
            MemoryLimitBytes = 64 * MiB, MemoryRequestBytes = 32 * MiB, CpuLimitMillicores = 500, CpuRequestMillicores = 250, Pids = 20, Files = 99,
        });
        var instance = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        var pid = instance.Pid!.Value;

        Assert.Equal("67108864", Cgroups.Read(pid, "memory", "memory.max", "memory.limit_in_bytes"));
        Assert.Equal("33554432", Cgroups.Read(pid, "memory", "memory.low", "memory.soft_limit_in_bytes"));
        Assert.Equal("20", Cgroups.Read(pid, "pids", "pids.max", "pids.max"));
        Assert.Contains(Cgroups.Read(pid, "cpu", "cpu.max", "cpu.cfs_quota_us"), new[] { "50000 100000", "50000" });
        Assert.Contains(Cgroups.Read(pid, "cpu", "cpu.weight", "cpu.shares"), new[] { "25", "256" });
        Assert.All(["tree", "memory", "cpu", "pids", "rlimit: files"], w => Assert.Contains(w, instance.Enforcement, StringComparison.Ordinal));
        Assert.InRange(instance.MemoryBytes!.Value, 1, 64 * MiB);
    }

    [Fact]
    public async Task ForkBomb_StaysWithinItsPidsAndDiesWhole()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyLimitedAsync(guard, "/usr/bin/perl", ["-e", "$SIG{TERM} = 'IGNORE'; while (1) { fork() // select(undef, undef, undef, 0.01) }"], new ResourceLimits { Pids = 40 });
        var pid = (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
        await Eventually.TrueAsync(
            () => Cgroups.Read(pid, "pids", "pids.current", "pids.current") == "40", $"40 processes: {Cgroups.Read(pid, "pids", "pids.current", "pids.current")}", TestService.Patience, Ct);
        var folder = Cgroups.Tree(pid);
        var bombs = Cgroups.Pids(folder);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.True(bombs.Count >= 20);
        Assert.All(bombs, b => Assert.False(TestService.IsRunning(b)));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task UnprivilegedGuard_RefusesWhatItCannotEnforce_AndSaysWhy()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to become someone else");
        await using var guard = await GuardProcess.StartThroughAsync(["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"], Ct);
        var refused = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(
            TestService.Unit("/bin/true") with { Resources = new ResourceLimits { MemoryLimitBytes = 64 * MiB, Pids = 5 } }, Ct));

        Assert.Equal("unsupported", refused.Code);
        Assert.All(["resources.memoryLimitBytes (", "resources.pids ("], w => Assert.Contains(w, refused.Message, StringComparison.Ordinal));
    }

    // Hosts differ in what they let the guard limit; that it says so is another test's.
    private static async Task ApplyLimitedAsync(GuardProcess guard, string executable, IReadOnlyList<string> args, ResourceLimits limits)
    {
        try
        {
            await guard.Client.ApplyAsync(TestService.Unit(executable) with { Args = args, Resources = limits }, Ct);
        }
        catch (GuardException e) when (e.Code == "unsupported")
        {
            Assert.Skip(e.Message);
        }
    }
}
