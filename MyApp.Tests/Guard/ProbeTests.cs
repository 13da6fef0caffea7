using System.Globalization;
using System.Text.RegularExpressions;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class ProbeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_GatesAndTakesAwayReadyWithoutARestart()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);
        await guard.Client.ApplyAsync(guard.WebServer(FreePort.Find()), Ct);

        var running = await guard.UntilAsync(i => i.State == InstanceState.Running && i.LastProbe!.StartsWith("readiness", StringComparison.Ordinal), Ct);
        Assert.Equal("readiness: GET /health: 503 Service Unavailable", running.LastProbe);
        Assert.False(running.Ready);
        File.Delete(guard.UnreadyFile(1));
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);
        var again = await guard.UntilStateAsync(InstanceState.Running, Ct);

        Assert.Equal((running.Pid, 0), (again.Pid, again.Restarts));
    }

    [Fact]
    public async Task LastProbe_IsOfTheProbeThatFails_WhateverOthersAnswer()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);
        var unit = guard.WebServer(FreePort.Find()) with
        {
            Readiness = new Probe { HttpPath = "/health", Period = TimeSpan.FromMinutes(10), Failures = 1 },
            Liveness = new Probe { Tcp = true, Period = TimeSpan.FromMilliseconds(50) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        await Eventually.TrueAsync(
            async () => Regex.IsMatch(await guard.Client.MetricsAsync(Ct), "myapp_probe_duration_seconds_count{[^}]*probe=\"liveness\"[^}]*} ([3-9]|[0-9]{2})"), "liveness was asked again and again", TestService.Patience, Ct);

        var running = await guard.UntilStateAsync(InstanceState.Running, Ct);
        Assert.Equal("readiness: GET /health: 503 Service Unavailable", running.LastProbe);
    }

    [Fact]
    public async Task Startup_ThatDoesNotPassInItsBudget_RestartsAndSaysWhy()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with
        {
            Ports = [new UnitPort("http", FreePort.Find())],
            Socket = SocketMode.Forward,
            Startup = new Probe { Tcp = true, Period = TimeSpan.FromMilliseconds(50), Budget = TimeSpan.FromSeconds(0.5) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilAsync(i => i.Restarts > 0 && i.LastProbe is not null, Ct);

        Assert.Equal("startup probe did not pass within 0.5 s; killed by SIGTERM", instance.LastExit);
        Assert.EndsWith("connection refused", instance.LastProbe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Liveness_ThatFails_Restarts()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with
        {
            Readiness = null,
            Liveness = new Probe { HttpPath = "/health", Period = TimeSpan.FromMilliseconds(50), Failures = 2 },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);

        var second = await guard.UntilAsync(i => i.Pid is not null && i.Pid != first.Pid, Ct);

        Assert.Equal("liveness probe failed; killed by SIGTERM", second.LastExit);
    }

    [Fact]
    public async Task Probe_OfAServerThatNeverAnswers_TimesOut()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with
        {
            Readiness = new Probe { HttpPath = "/slow", Period = TimeSpan.FromMilliseconds(50), Timeout = TimeSpan.FromMilliseconds(200) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilAsync(i => i.LastProbe?.Contains("no answer", StringComparison.Ordinal) == true, Ct);

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"readiness: GET /slow: no answer within {0.2} s"), instance.LastProbe);
    }

    [Fact]
    public async Task Exec_PassesWithExitZeroAsTheInstanceIsRun()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var check = guard.Script("check", "echo \"here as $(id -u) with $GREETING\"; test -e \"$1\"");
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with
        {
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["GREETING"] = "hello" },
            Readiness = new Probe { Exec = [check, Path.Combine(guard.DataFolder, "up")], Period = TimeSpan.FromMilliseconds(50) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var waiting = await guard.UntilAsync(i => i.LastProbe is not null, Ct);
        Assert.Matches($"^readiness: exec {check}: exit 1 \\(here as [0-9]+ with hello\\)$", waiting.LastProbe!);
        Assert.DoesNotContain("as 0 with", Environment.IsPrivilegedProcess ? waiting.LastProbe : "", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Path.Combine(guard.DataFolder, "up"), [], Ct);
        Assert.Contains("exit 0", (await guard.UntilStateAsync(InstanceState.Ready, Ct)).LastProbe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_ThatTakesTooLong_IsKilledWithAllItStarted()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var pids = Path.Combine(guard.DataFolder, "shared", "pids");
        Directory.CreateDirectory(Path.GetDirectoryName(pids)!);
        File.SetUnixFileMode(Path.GetDirectoryName(pids)!, (UnixFileMode)0b111_111_111);
        var check = guard.Script("check", $"trap '' TERM; setsid sleep 1000 & echo $! >> {pids}; sleep 1000 & echo $! >> {pids}; echo $$ >> {pids}; wait");
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with
        {
            Readiness = new Probe { Exec = [check], Timeout = TimeSpan.FromSeconds(0.5), Period = TimeSpan.FromMinutes(5) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var late = await guard.UntilAsync(i => i.LastProbe is not null, Ct);
        Assert.Equal($"readiness: exec {check}: did not end within 0.5 s, killed", late.LastProbe);
        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);
        var started = (await File.ReadAllLinesAsync(pids, Ct)).Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToList();
        Assert.True(started.Count >= 3);
        Assert.All(started, p => Assert.False(TestService.IsRunning(p)));
    }

    [Fact]
    public async Task Liveness_OfAllCopiesFailingAtOnce_RestartsThemOneAfterAnother()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with
        {
            Replicas = 3,
            Readiness = new Probe { HttpPath = "/", Period = TimeSpan.FromMilliseconds(50) },
            // Longer than the others need to be found well again, whose restarts are then not wanted any more.
            Startup = new Probe { HttpPath = "/health", Period = TimeSpan.FromMilliseconds(50), Successes = 20 },
            Liveness = new Probe { HttpPath = "/health", Period = TimeSpan.FromMilliseconds(50), Failures = 2 },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await Eventually.TrueAsync(async () => (await Copies(guard)).All(i => i.Ready), "all are ready", TestService.Patience, Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);

        // The one that went can't come back while the file is there; the others are held.
        await Eventually.TrueAsync(async () => (await Copies(guard)).Count(i => i.WaitsFor?.StartsWith("its restart: 1 of 3", StringComparison.Ordinal) == true) == 2, "two are held", TestService.Patience, Ct);
        Assert.Equal(2, (await Copies(guard)).Count(i => i.Ready));
        File.Delete(guard.UnreadyFile(1));
        await Eventually.TrueAsync(async () => (await Copies(guard)).All(i => i.Ready && i.WaitsFor is null), "all are well", TestService.Patience, Ct);
        Assert.Equal(1, (await Copies(guard)).Count(i => i.Restarts > 0));
    }

    private static async Task<IReadOnlyList<InstanceStatus>> Copies(GuardProcess guard) =>
        (await guard.Client.StatusAsync(TestService.Name, TestService.Environment, Ct)).Units.Single().Instances;
}
