using System.Globalization;
using MyApp.Deployment.Policies;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Policies;

/// <summary>What the model says of Supervisor, held against a real one.</summary>
public sealed class SupervisordModelTests
{
    // It looks at its processes once a second.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1.5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QuickExits_OfARealSupervisor_AreTriedAgainAsTheModelSays()
    {
        const string Supervisord = "/usr/bin/supervisord";
        Assert.SkipUnless(File.Exists(Supervisord), "needs supervisord");
        var unit = new Unit { Service = "run", Environment = "test", Release = "run-test-1", Executable = "/bin/false" };
        var simulation = PolicySimulator.Run(unit, ExitScript.Read("1@1ms*9").Exits, "supervisor");
        using var folder = new TemporaryFolder();
        var config = folder.File("supervisord.conf", $"""
            [supervisord]
            nodaemon=true
            logfile={folder.Path}/supervisord.log
            pidfile={folder.Path}/supervisord.pid
            {(Environment.IsPrivilegedProcess ? "user=root" : "")}
            [program:run]
            command=/bin/false
            {string.Join('\n', simulation.Settings)}
            """);
        await using (ToolProcess.Start(Supervisord, ["-c", config]))
            await Eventually.TrueAsync(() => Log(folder).Any(l => l.Contains("FATAL", StringComparison.Ordinal)), "it has given up", TimeSpan.FromSeconds(30), Ct);

        // 2026-11-25 06:03:11,482 INFO spawned: 'run' with pid 4242
        // A run that it noticed the end of only after its startsecs was a long one to it, as the model says too: it counts anew.
        var starts = Log(folder).Reverse().TakeWhile(l => !l.Contains("entered RUNNING state", StringComparison.Ordinal)).Reverse()
            .Where(l => l.Contains("spawned: 'run'", StringComparison.Ordinal))
            .Select(l => DateTime.ParseExact(l[..23], "yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(simulation.Runs.Count, starts.Count);
        foreach (var (pause, run) in starts.Skip(1).Zip(starts, (later, earlier) => later - earlier).Zip(simulation.Runs))
            Assert.InRange(pause, run.Pause!.Middle, run.Pause.Middle + Tick);
    }

    private static string[] Log(TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "supervisord.log");
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
