using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

public sealed class ResourceCheckTests
{
    [Theory]
    [InlineData(0, 0, 0, null, null, null, null)]
    [InlineData(0b111_111_111, 19, 1000, 100, 100, 64L, 64L)]
    [InlineData(0b010_010, -20, -1000, 1, 2, 1L, 2L)]
    public void Rules_WithinWhatTheKernelTakes_Pass(int umask, int nice, int oom, int? cpu, int? cpuLimit, long? memory, long? memoryLimit) =>
        Assert.Empty(UnitCheck.Problems(Unit(umask, nice, oom, cpu, cpuLimit, memory, memoryLimit)));

    [Theory]
    [InlineData("process.umask", 512, 0, 0, null, null, null, null)]
    [InlineData("process.nice", 0, 20, 0, null, null, null, null)]
    [InlineData("process.oomScoreAdjust", 0, 0, -1001, null, null, null, null)]
    [InlineData("cpu must be at least", 0, 0, 0, 0, null, null, null)]
    [InlineData("the cpu request", 0, 0, 0, 3, 2, null, null)]
    [InlineData("memory must be at least", 0, 0, 0, null, null, null, 0L)]
    [InlineData("the memory request", 0, 0, 0, null, null, 3L, 2L)]
    public void Rule_BeyondWhatTheKernelTakes_IsNamed(
        string words, int umask, int nice, int oom, int? cpu, int? cpuLimit, long? memory, long? memoryLimit) =>
        Assert.Contains(words, Assert.Single(UnitCheck.Problems(Unit(umask, nice, oom, cpu, cpuLimit, memory, memoryLimit))), StringComparison.Ordinal);

    private static Unit Unit(int umask, int nice, int oom, int? cpu, int? cpuLimit, long? memory, long? memoryLimit) => new()
    {
        Service = "a",
        Environment = "b",
        Release = "c",
        Executable = "/bin/true",
        Process = new ProcessRule { Umask = umask, Nice = nice, OomScoreAdjust = oom },
        Resources = new ResourceLimits
        {
            CpuRequestMillicores = cpu, CpuLimitMillicores = cpuLimit, MemoryRequestBytes = memory, MemoryLimitBytes = memoryLimit,
        },
    };
}
