using MyApp.Guard.Containment;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Guard;

/// <summary>How limits and hierarchies are read and written, also those of hosts other than this one.</summary>
public sealed class CgroupMappingTests
{
    private static readonly ResourceLimits Asked = new()
    {
        MemoryLimitBytes = 1000, MemoryRequestBytes = 500, CpuLimitMillicores = 1500, CpuRequestMillicores = 250, Pids = 7,
    };

    [Theory]
    [InlineData("memory", 2, "memory.low=500 memory.max=1000 memory.swap.max=0")]
    [InlineData("memory", 1, "memory.soft_limit_in_bytes=500 memory.limit_in_bytes=1000 memory.memsw.limit_in_bytes=1000")]
    [InlineData("cpu", 2, "cpu.weight=25 cpu.max=150000 100000")]
    [InlineData("cpu", 1, "cpu.shares=256 cpu.cfs_period_us=100000 cpu.cfs_quota_us=150000")]
    [InlineData("pids", 2, "pids.max=7")]
    [InlineData("pids", 1, "pids.max=7")]
    public void Limit_OfEachVersion_IsWrittenToItsFile(string controller, int version, string expected) =>
        Assert.Equal(expected, string.Join(' ', CgroupLimit.For(controller, version, Asked).Select(l => $"{l.File}={l.Value}")));

    [Theory]
    [InlineData("memory")]
    [InlineData("cpu")]
    [InlineData("pids")]
    public void Limit_NotAskedFor_IsNotWritten(string controller)
    {
        Assert.Empty(CgroupLimit.For(controller, 1, new ResourceLimits()));
        Assert.Empty(CgroupLimit.For(controller, 2, new ResourceLimits()));
    }

    [Fact]
    public void Cpu_BelowWhatTheKernelTakes_IsTheLeastItTakes()
    {
        var tiny = new ResourceLimits { CpuLimitMillicores = 1, CpuRequestMillicores = 1 };

        Assert.Equal(["1", "1000 100000"], CgroupLimit.For("cpu", 2, tiny).Select(l => l.Value));
        Assert.Equal(["2", "100000", "1000"], CgroupLimit.For("cpu", 1, tiny).Select(l => l.Value));
    }

    [Theory]
    [InlineData("30 22 0:27 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate", "0::/system.slice/a.service", "2  /sys/fs/cgroup/system.slice/a.service")]
    [InlineData("30 22 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/", "2  /sys/fs/cgroup")]
    [InlineData("34 30 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct", "4:cpu,cpuacct:/x", "1 cpu,cpuacct /sys/fs/cgroup/cpu,cpuacct/x")]
    [InlineData("34 30 0:31 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory", "4:memory:/docker/abc/inner", "1 memory /sys/fs/cgroup/memory/inner")]
    [InlineData("34 30 0:31 /../.. /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory", "4:memory:/", "1 memory /sys/fs/cgroup/memory")]
    [InlineData("39 30 0:36 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd", "9:name=systemd:/y", "1 name=systemd /sys/fs/cgroup/systemd/y")]
    [InlineData("22 1 0:20 / /proc rw - proc proc rw", "0::/", "")]
    [InlineData("34 30 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", "0::/", "")]
    public void Hierarchy_IsFoundWhereItIsMounted(string mount, string cgroup, string expected) =>
        Assert.Equal(expected, string.Join(';', CgroupHierarchy.Parse([mount], [cgroup]).Select(h => $"{h.Version} {string.Join(',', h.Controllers)} {h.Folder}")));
}
