using System.Globalization;
using MyApp.Bench.Supervisors.Measuring;

namespace MyApp.Bench.Supervisors.Reports;

/// <param name="Load">Runnable processes over the last minute when the run began: above 0.5 it was not an idle machine.</param>
internal sealed record Machine(string Processor, int Cores, double MemoryGiB, string Kernel, string System, string Load)
{
    public static async Task<Machine> ReadAsync(CancellationToken ct)
    {
        var processor = Value(await File.ReadAllLinesAsync("/proc/cpuinfo", ct), "model name", ':');
        var memory = Value(await File.ReadAllLinesAsync("/proc/meminfo", ct), "MemTotal", ':').Split(' ')[0];
        var system = Value(await File.ReadAllLinesAsync("/etc/os-release", ct), "PRETTY_NAME", '=').Trim('"');
        var load = (await File.ReadAllTextAsync("/proc/loadavg", ct)).Split(' ')[0];
        var kernel = (await Command.RunAsync(["uname", "-sr"], ct)).Trim();
        return new Machine(processor, Environment.ProcessorCount, double.Parse(memory, CultureInfo.InvariantCulture) / 1048576, kernel, system, load);
    }

    private static string Value(string[] lines, string name, char separator) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(separator, StringComparison.Ordinal) + 1)..].Trim() : "unknown";
}
