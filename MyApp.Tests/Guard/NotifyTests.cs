using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Services that say themselves how they are, under a real guard.</summary>
public sealed class NotifyTests
{
    // notify(TEXT) as sd_notify(3) has it; go(NAME) waits for a file.
    private const string Library = """
        use strict; use IO::Socket::UNIX; use Socket; $| = 1;
        sub notify { IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $ENV{NOTIFY_SOCKET})->send($_[0]); }
        sub go { select(undef, undef, undef, 0.01) until -e "$ENV{FOLDER}/$_[0]"; }

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Startup_ByNotify_PassesWithReadyAndShowsTheStatus()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Service(guard, "go('ready'); notify(\"STATUS=3 shards open\\nREADY=1\"); sleep 1000;") with { Startup = new Probe { Notify = true } };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Starting, Ct);
        await GoAsync(guard, "ready");

        var ready = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Assert.Equal("3 shards open", ready.Said);
    }

    [Fact]
    public async Task Startup_ByNotify_ThatNeverComes_RestartsWhenTheBudgetIsOver()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(Service(guard, "sleep 1000;") with { Startup = new Probe { Notify = true, Budget = TimeSpan.FromSeconds(0.3) } }, Ct);

        Assert.Equal("startup probe did not pass within 0.3 s; killed by SIGTERM", (await guard.UntilAsync(i => i.Restarts > 0, Ct)).LastExit);
    }

    [Fact]
    public async Task Startup_ThatAsksForMoreTime_GetsIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Service(guard, "notify('EXTEND_TIMEOUT_USEC=60000000'); sleep 1; notify('READY=1'); sleep 1000;") with { Startup = new Probe { Notify = true, Budget = TimeSpan.FromSeconds(0.5) } };
        await guard.Client.ApplyAsync(unit, Ct);

        Assert.Equal(0, (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Restarts);
    }

    [Fact]
    public async Task Watchdog_ThatIsTriggered_RestartsAtOnce()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Service(guard, "go('ill'); unlink \"$ENV{FOLDER}/ill\"; notify(\"ERRNO=5\\nWATCHDOG=trigger\"); sleep 1000;") with { Heartbeat = new HeartbeatRule(TimeSpan.FromHours(1)) };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await GoAsync(guard, "ill");

        Assert.StartsWith("no heartbeat", (await guard.UntilAsync(i => i.Restarts > 0, Ct)).LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_TakesTheTrafficAwayBeforeItEnds()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Service(guard, "notify('READY=1'); go('stop'); notify('STOPPING=1'); sleep 1000;") with { Startup = new Probe { Notify = true } };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await GoAsync(guard, "stop");

        Assert.Equal("its end, as it has said", (await guard.UntilStateAsync(InstanceState.Running, Ct)).WaitsFor);
    }

    [Theory]
    [InlineData("notify('WATCHDOG=1')")]
    [InlineData("system('/usr/bin/curl', '-sf', '-X', 'POST', $ENV{HEARTBEAT_URL}) == 0 or die")]
    public async Task Heartbeat_ThatStops_Restarts(string beat)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "needs /usr/bin/curl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Service(guard, $"die unless $ENV{{WATCHDOG_USEC}} == 4000000; until (-e \"$ENV{{FOLDER}}/ill\") {{ {beat}; select(undef, undef, undef, 0.1); }} sleep 1000;") with
        {
            Heartbeat = new HeartbeatRule(TimeSpan.FromSeconds(4)),
        };
        await guard.Client.ApplyAsync(unit, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        // Far longer than a busy machine keeps a program from its beat.
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System, Ct);
        Assert.Equal((first.Pid, 0), ((await guard.InstanceAsync(1, Ct)).Pid, (await guard.InstanceAsync(1, Ct)).Restarts));
        await GoAsync(guard, "ill");

        Assert.Equal("no heartbeat within 4 s; killed by SIGTERM", (await guard.UntilAsync(i => i.Restarts > 0, Ct)).LastExit);
        IReadOnlyList<ExitDossier> found = [];
        await Eventually.TrueAsync(async () => (found = await guard.Client.WhyAsync(unit.Service, unit.Environment, 10, Ct)).Count > 0, "there is a dossier", TestService.Patience, Ct);
        Assert.Equal((DossierCause.Unhealthy, "no heartbeat within 4 s", "killed by SIGTERM"), (found[^1].Cause, found[^1].Reason, found[^1].Exit));
    }

    [Fact]
    public async Task Heartbeat_AfterTheGuardWasKilled_ReachesTheNextOne()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Service(guard, "while (1) { system('/usr/bin/curl', '-s', '-X', 'POST', $ENV{HEARTBEAT_URL}); eval { notify(\"WATCHDOG=1\\nSTATUS=\" . time) }; select(undef, undef, undef, 0.1); }") with
        {
            Heartbeat = new HeartbeatRule(TimeSpan.FromSeconds(6)),
        };
        await guard.Client.ApplyAsync(unit, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        await guard.UntilAsync(i => i.Said is not null, Ct);
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System, Ct);

        var now = await guard.InstanceAsync(1, Ct);
        Assert.Equal((first.Pid, InstanceState.Ready, 0), (now.Pid, now.State, now.Restarts));
    }

    private static Unit Service(GuardProcess guard, string body)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        var script = Path.Combine(guard.DataFolder, "service.pl");
        File.WriteAllLines(script, ["#!/usr/bin/perl", Library + body]);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return TestService.Unit(script) with
        {
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["FOLDER"] = guard.DataFolder },
        };
    }

    private static Task GoAsync(GuardProcess guard, string name) => File.WriteAllLinesAsync(Path.Combine(guard.DataFolder, name), [], Ct);
}
