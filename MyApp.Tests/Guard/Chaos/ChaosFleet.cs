using System.Text;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Chaos;

/// <summary>A process that carries the fleet's mark in its environment, wherever it has gone.</summary>
internal sealed record MarkedProcess(ProcStat Stat, string Instance, string Command);

/// <summary>What is supervised while things are killed.</summary>
internal sealed class ChaosFleet
{
    private const string Mark = "CHAOS_FOLDER";
    private readonly GuardProcess guard;

    public ChaosFleet(GuardProcess guard)
    {
        this.guard = guard;
        Units = [Web(), Forker(), Logger("lines", LogFormat.Lines, 2), Logger("raw", LogFormat.Raw, 1), Failing()];
    }

    public IReadOnlyList<Unit> Units { get; }

    public Unit WebUnit => Units[0];

    public IEnumerable<Unit> Loggers => Units.Where(u => IsLogger(u.Service));

    /// <summary>Where a logger writes down how many lines it has written: <c>{instance}.{pid}</c>.</summary>
    public string CountFolder => Path.Combine(guard.DataFolder, "counts");

    public static bool IsLogger(string service) => service.StartsWith("logger-", StringComparison.Ordinal);

    public async Task ApplyAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(CountFolder);
        File.SetUnixFileMode(CountFolder, (UnixFileMode)0b111_111_111);
        foreach (var unit in Units)
            await guard.Client.ApplyAsync(unit, ct);
        await guard.Client.SwitchAsync(WebUnit.Service, WebUnit.Environment, WebUnit.Release, ct);
    }

    public async Task RemoveAsync(CancellationToken ct)
    {
        foreach (var unit in Units)
            await guard.Client.RemoveAsync(unit.Service, unit.Environment, unit.Release, ct);
    }

    public IReadOnlyList<MarkedProcess> Processes()
    {
        var found = new List<MarkedProcess>();
        foreach (var stat in ProcStat.Running())
        {
            var environment = Text(stat.Pid, "environ");
            if (environment.Contains($"{Mark}={guard.DataFolder}"))
                found.Add(new MarkedProcess(stat, environment.First(v => v.StartsWith("INSTANCE=", StringComparison.Ordinal))[9..], string.Join(' ', Text(stat.Pid, "cmdline"))));
        }

        return found;
    }

    private Unit Web() => Marked(guard.WebServer(FreePort.Find()), "web") with
    {
        Replicas = 2, Liveness = new Probe { HttpPath = "/", Period = TimeSpan.FromMilliseconds(200) },
    };

    // Its children leave the session, and one of them its parent too.
    private Unit Forker() => Marked(
        TestService.Unit(guard.Script("forker", "sleep 100000 & setsid sleep 100000 & (setsid setsid sleep 100000 &) ; while :; do sleep 0.2; done")), "forker") with
    {
        Replicas = 2,
        Readiness = new Probe { Exec = ["/bin/sh", "-c", "sleep 0.05"], Period = TimeSpan.FromMilliseconds(200) },
    };

    private Unit Logger(string name, LogFormat format, int replicas)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        var script = Path.Combine(guard.DataFolder, "logger.pl");
        File.WriteAllLines(script, [LoggerScript]);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return Marked(TestService.Unit(script), $"logger-{name}", ("COUNTS", CountFolder)) with
        {
            Replicas = replicas, Logs = new LogRule { Format = format, MaxFileBytes = 64 * 1024, KeepFiles = null },
        };
    }

    private Unit Failing() => Marked(TestService.Unit(guard.Script("failing", "sleep 0.3; exit 3")), "failing") with
    {
        Restart = new RestartRule { Policy = RestartPolicy.OnFailure, Initial = TimeSpan.FromMilliseconds(50), Max = TimeSpan.FromMilliseconds(500) },
    };

    private Unit Marked(Unit unit, string service, params (string Name, string Value)[] more)
    {
        var env = new SortedDictionary<string, string>(unit.Env.ToDictionary(), StringComparer.Ordinal) { [Mark] = guard.DataFolder, ["INSTANCE"] = "${instance}" };
        foreach (var (name, value) in more)
            env[name] = value;
        return unit with { Service = service, Release = $"{service}-{unit.Environment}-1", Env = env, Stop = unit.Stop with { Drain = TimeSpan.FromMilliseconds(200) } };
    }

    private static string[] Text(int pid, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{file}")).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A line counts as written once write(2) has returned; then it may be missing nowhere.
    private const string LoggerScript = """
        #!/usr/bin/perl
        use strict; use Time::HiRes 'sleep';
        my $run = "$ENV{INSTANCE}.$$";
        open(my $count, '>', "$ENV{COUNTS}/$run") or die $!;
        for (my $n = 1; ; $n++) {
            syswrite(STDOUT, "run $run line $n of many, padded so that a file is soon full " . ('.' x ($n % 100)) . "\n") or die $!;
            sysseek($count, 0, 0); syswrite($count, sprintf('%012d', $n));
            sleep 0.002 if $n % 4 == 0;
        }
        """;
}
