using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Chaos;

/// <summary>What must be true of the fleet whatever happened to it.</summary>
internal sealed class ChaosPromises(GuardProcess guard, ChaosFleet fleet)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, int> restarts = [];
    private readonly List<string> seen = [];

    /// <summary>The program of a unit itself, not what it started.</summary>
    public static bool IsProgram(MarkedProcess process) =>
        process.Command.Contains("/web.pl", StringComparison.Ordinal) || process.Command.Contains("/logger.pl", StringComparison.Ordinal)
        || process.Command.Contains("/forker", StringComparison.Ordinal) || process.Command.Contains("/failing", StringComparison.Ordinal);

    public async Task<IReadOnlyList<InstanceStatus>> InstancesAsync(CancellationToken ct) =>
        [.. (await guard.Client.StatusAsync(null, null, ct)).Units.SelectMany(u => u.Instances)];

    /// <summary>What can be looked at in the middle of it: a count of restarts never goes down, and no instance runs twice.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        foreach (var instance in await InstancesAsync(ct))
        {
            if (instance.Restarts < restarts.GetValueOrDefault(instance.Id))
                seen.Add($"{instance.Id}: restarts went from {restarts[instance.Id]} to {instance.Restarts}");
            restarts[instance.Id] = instance.Restarts;
        }

        // One that ended while the others were looked at never ran beside the one that followed it.
        var running = fleet.Processes().Where(p => IsProgram(p) && p.Stat.Pid == p.Stat.Session).ToList().Where(p => p.Stat.StillRuns);
        foreach (var twice in running.GroupBy(p => p.Instance).Where(g => g.Count() > 1))
            seen.Add($"{twice.Key} runs {twice.Count()} times: {string.Join(", ", twice)}");
    }

    public async Task WaitUntilWellAsync(CancellationToken ct)
    {
        IReadOnlyList<InstanceStatus> last = [];
        await Eventually.TrueAsync(
            // One that has just been killed may be ready yet.
            async () => (last = await InstancesAsync(ct)).Where(i => !IsFailing(i.Id)).All(i => i.Ready && TestService.IsRunning(i.Pid!.Value)),
            $"every instance is ready and runs; there are {new Lazily(() => JsonSerializer.Serialize(last))}\n{guard.Journal}", Patience, ct);
    }

    /// <returns>Promises that were not kept, in words.</returns>
    public async Task<IReadOnlyList<string>> BrokenAsync(CancellationToken ct)
    {
        var broken = new List<string>(seen);
        broken.AddRange(await OneInstanceEachAsync(ct));
        broken.AddRange(await PortsAsync(ct));
        // No line may come in while they are counted.
        foreach (var unit in fleet.Loggers)
            await guard.Client.StopAsync(unit.Service, unit.Environment, ct);
        foreach (var unit in fleet.Loggers)
            broken.AddRange(Lines(unit, (await InstancesAsync(ct)).Where(i => i.Id.StartsWith(unit.Release, StringComparison.Ordinal)).Sum(i => i.DroppedLines)));
        return broken;
    }

    private async Task<List<string>> OneInstanceEachAsync(CancellationToken ct)
    {
        var broken = new List<string>();
        var all = (await InstancesAsync(ct)).Where(i => !IsFailing(i.Id)).ToList();
        var expected = fleet.Units.Where(u => u.Service != "failing").Sum(u => u.Replicas);
        if (all.Count != expected)
            broken.Add($"there are {all.Count} instances, not {expected}");
        var processes = fleet.Processes();
        foreach (var instance in all)
            broken.AddRange(Kept(instance, processes.Where(p => p.Instance == instance.Id).ToList()));
        return broken;
    }

    private IEnumerable<string> Kept(InstanceStatus instance, List<MarkedProcess> processes)
    {
        var programs = processes.Where(p => IsProgram(p) && p.Stat.Pid == p.Stat.Session).ToList();
        if (programs.Count != 1 || programs[0].Stat.Pid != instance.Pid)
            yield return $"{instance.Id}: status says pid {instance.Pid}, there are {string.Join(", ", programs)}";
        else
        {
            foreach (var orphan in processes.Where(p => p.Stat.StartTime < programs[0].Stat.StartTime))
                yield return $"{instance.Id}: {orphan} is left from an earlier run";
            if (OnDisk(instance) is var disk && disk != (instance.Pid, programs[0].Stat.StartTime))
                yield return $"{instance.Id}: the file says {disk}, the kernel {(instance.Pid, programs[0].Stat.StartTime)}";
        }
    }

    private (int? Pid, long StartTime) OnDisk(InstanceStatus instance)
    {
        var (release, replica) = (instance.Id[..instance.Id.LastIndexOf('.')], instance.Id[(instance.Id.LastIndexOf('.') + 1)..]);
        var unit = fleet.Units.Single(u => u.Release == release);
        var path = Path.Combine(guard.DataFolder, "guard", "instances", unit.Environment, unit.Service, $"{release}.{replica}.json");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var process = file.RootElement.GetProperty("state").GetProperty("process");
        return (process.GetProperty("pid").GetInt32(), process.GetProperty("startTime").GetInt64());
    }

    private async Task<List<string>> PortsAsync(CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = TestService.Patience };
        var port = fleet.WebUnit.Ports[0].Port;
        var answer = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), ct);
        return answer == "release 1" ? [] : [$"port {port} answers '{answer}'"];
    }

    private IEnumerable<string> Lines(Unit unit, long dropped)
    {
        var found = Runs(unit);
        var missing = 0L;
        foreach (var path in Directory.EnumerateFiles(fleet.CountFolder, $"{unit.Release}.*"))
        {
            var written = long.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
            var lines = found.GetValueOrDefault(Path.GetFileName(path)) ?? [];
            var absent = Enumerable.Range(1, (int)written).Where(n => !lines.ContainsKey(n)).ToList();
            missing += absent.Count;
            if (absent.Count > 0)
                yield return $"{Path.GetFileName(path)}: {absent.Count} of {written} lines are missing, the first is {absent[0]}, the last {absent[^1]}; {dropped} were counted as dropped";
            foreach (var (line, times) in lines.Where(l => l.Value > 1).Take(3))
                yield return $"{Path.GetFileName(path)}: line {line} is there {times} times";
        }

        if (found.Count == 0)
            yield return $"{unit.Service}: no line was logged";
    }

    /// <summary>How often each line of each run is in the files.</summary>
    private Dictionary<string, Dictionary<int, int>> Runs(Unit unit)
    {
        var runs = new Dictionary<string, Dictionary<int, int>>();
        foreach (var line in LogFiles.OpenAll(Path.Combine(guard.DataFolder, "logs", unit.Environment, unit.Service), LogStream.Access).SelectMany(Read))
        {
            // … run logger-lines-test-1.0.4242 line 17 of many, padded …
            var words = line[Math.Max(0, line.IndexOf("run ", StringComparison.Ordinal))..].Split(' ', 5);
            if (words.Length < 5 || !int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                continue;
            if (!runs.TryGetValue(words[1], out var lines))
                runs[words[1]] = lines = [];
            lines[number] = lines.GetValueOrDefault(number) + 1;
        }

        return runs;
    }

    private static List<string> Read(FileStream file)
    {
        using Stream text = file.Name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    private static bool IsFailing(string instance) => instance.StartsWith("failing", StringComparison.Ordinal);

    private sealed class Lazily(Func<string> text)
    {
        public override string ToString() => text();
    }
}
