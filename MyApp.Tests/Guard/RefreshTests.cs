using MyApp.Supervision.Configs;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Other values for programs that run. These tell their values at their start and on each SIGHUP.</summary>
public sealed class RefreshTests
{
    private const string Told = "tell() { cat \"$CONFIG\"; ONHANGUP }; trap tell HUP; cat \"$CONFIG\"; while :; do sleep 0.05; done";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Watched for longer than a busy machine takes to notice.
    private static readonly Probe Steady = new() { Exec = ["/bin/true"], Period = TimeSpan.FromSeconds(2), Failures = 2, Timeout = TimeSpan.FromSeconds(5) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_OfAUnitThatRuns_ReachesEveryCopyWithoutARestart()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard);
        var before = await PidsAsync(guard, unit);

        await RefreshAsync(guard, unit, "two");

        Assert.Equal(new ValuesStatus { Revision = "r-two" }, await EndAsync(guard, unit));
        Assert.Equal(before, await PidsAsync(guard, unit));
        await HasToldAsync(guard, unit, 0, "one", "two");
        await HasToldAsync(guard, unit, 1, "one", "two");
    }

    [Fact]
    public async Task Refresh_TheSameAgain_TellsNobodyTwice()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard);
        await RefreshAsync(guard, unit, "two");
        await EndAsync(guard, unit);

        await RefreshAsync(guard, unit, "two");
        await RefreshAsync(guard, unit, "three");

        await EndAsync(guard, unit);
        await HasToldAsync(guard, unit, 0, "one", "two", "three");
    }

    [Fact]
    public async Task Instance_StartedAfterARefresh_HasItsValuesAlsoUnderTheNextGuard()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard, replicas: 1);
        await RefreshAsync(guard, unit, "two");
        await EndAsync(guard, unit);

        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        var second = await guard.UntilAsync(i => i is { Ready: true, Pid: { } pid } && pid != first.Pid, Ct);
        await HasToldAsync(guard, unit, 0, "one", "two", "two");
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        Signals.Send(second.Pid!.Value, Signals.Kill);

        await guard.UntilAsync(i => i is { Ready: true, Pid: { } pid } && pid != second.Pid, Ct);
        await HasToldAsync(guard, unit, 0, "two");
        Assert.Equal(new ValuesStatus { Revision = "r-two" }, await ValuesAsync(guard, unit));
    }

    [Fact]
    public async Task Refresh_ThatACopyDiesOf_IsTakenBackFromThoseThatHadIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard, "case $INSTANCE in *.1) if grep -q bad \"$CONFIG\"; then exit 3; fi;; esac;");
        var before = await PidsAsync(guard, unit);

        await RefreshAsync(guard, unit, "bad");

        var ended = await EndAsync(guard, unit);
        Assert.Equal((null, "r-bad", $"{unit.Release}.1 did not go on running with them: exit 3"), (ended.Revision, ended.Asked, ended.Problem));
        await HasToldAsync(guard, unit, 0, "one", "bad", "one");
        await HasToldAsync(guard, unit, 1, "one", "bad", "one");
        Assert.Equal(before[0], (await PidsAsync(guard, unit))[0]);
        await RefreshAsync(guard, unit, "two");
        Assert.Equal(new ValuesStatus { Revision = "r-two" }, await EndAsync(guard, unit));
    }

    [Fact]
    public async Task Refresh_ThatACopyIsNotReadyWith_IsTakenBack()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard, replicas: 1, readiness: new()
        {
            Exec = ["/bin/sh", "-c", "! grep -q bad \"$CONFIG\""], Period = TimeSpan.FromMilliseconds(200), Failures = 2, Timeout = TimeSpan.FromSeconds(2),
        });

        await RefreshAsync(guard, unit, "bad");

        Assert.StartsWith($"{unit.Release}.0 was ready before and not with them: readiness: ", (await EndAsync(guard, unit)).Problem, StringComparison.Ordinal);
        await HasToldAsync(guard, unit, 0, "one", "bad", "one");
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
    }

    [Fact]
    public async Task Refresh_OfAProgramThatFailsForItsValues_ReachesItWithItsNextStart()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Unit(guard, "if grep -q one \"$CONFIG\"; then exit 3; fi; exec sleep 1000", 1, null);
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.State is InstanceState.Backoff or InstanceState.CrashLoop, Ct);

        await RefreshAsync(guard, unit, "two");

        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Assert.Equal(new ValuesStatus { Revision = "r-two" }, await EndAsync(guard, unit));
    }

    [Fact]
    public async Task Refresh_WhileAProgramThatFailsOverAndOverHappensToRun_IsNotHeldAgainstTheValues()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Unit(guard, "if grep -q one \"$CONFIG\"; then sleep 1; exit 3; fi; exec sleep 1000", 1, null) with
        {
            Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(100), Max = TimeSpan.FromMilliseconds(100) },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i is { State: InstanceState.Ready, Restarts: >= 1 }, Ct);

        await RefreshAsync(guard, unit, "two");

        Assert.Equal(new ValuesStatus { Revision = "r-two" }, await EndAsync(guard, unit));
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
    }

    [Fact]
    public async Task Guard_KilledInTheMiddleOfARefresh_GoesOnWithIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard, readiness: Steady);
        var before = await PidsAsync(guard, unit);

        await RefreshAsync(guard, unit, "two");
        await HasToldAsync(guard, unit, 0, "one", "two");
        Assert.Equal("r-two", (await ValuesAsync(guard, unit)).Asked);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);

        Assert.Equal(new ValuesStatus { Revision = "r-two" }, await EndAsync(guard, unit));
        Assert.Equal(before, await PidsAsync(guard, unit));
        await HasToldAsync(guard, unit, 1, "two");
    }

    [Fact]
    public async Task Refresh_OfAServiceThatIsStoppedMeanwhile_SaysSo()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard, readiness: Steady);

        await RefreshAsync(guard, unit, "two");
        await HasToldAsync(guard, unit, 0, "one", "two");
        await guard.Client.StopAsync(unit.Service, unit.Environment, Ct);

        Assert.Equal(new ValuesStatus { Asked = "r-two", Problem = "the service was stopped before every instance had them" }, await ValuesAsync(guard, unit));
    }

    [Fact]
    public async Task Refresh_ThatCanNotBe_IsRefused()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await StartAsync(guard, replicas: 1);
        var fixedUnit = unit with { Service = "other", Release = "other-test-1", Config = unit.Config! with { Refreshable = false } };
        await guard.Client.ApplyAsync(fixedUnit, Ct);

        Assert.Equal("bad-request", await RefusedAsync(fixedUnit, "level", "r"));
        Assert.Equal("not-found", await RefusedAsync(unit with { Release = "probe-me-test-9" }, "level", "r"));
        Assert.Equal("bad-request", await RefusedAsync(unit, "not a key", "r"));
        Assert.Equal("bad-request", await RefusedAsync(unit, "level", "two words"));
        Assert.Equal(new ValuesStatus(), await ValuesAsync(guard, unit));

        async Task<string> RefusedAsync(Unit of, string key, string revision) =>
            (await Assert.ThrowsAsync<GuardException>(() => guard.Client.RefreshAsync(of.Service, of.Environment, of.Release, Values(key, "x"), revision, Ct))).Code;
    }

    private static async Task<Unit> StartAsync(GuardProcess guard, string onHangUp = ":", int replicas = 2, Probe? readiness = null)
    {
        var unit = Unit(guard, Told.Replace("ONHANGUP", onHangUp.TrimEnd(';') + ";", StringComparison.Ordinal), replicas, readiness);
        await guard.Client.ApplyAsync(unit, Ct);
        await Eventually.TrueAsync(async () => (await StatusAsync(guard, unit)).Instances.All(i => i.Ready && i.LastLines.Count == 1), "every copy is ready and has told its values", Patience, Ct);
        return unit;
    }

    private static Unit Unit(GuardProcess guard, string body, int replicas, Probe? readiness) => TestService.Unit(guard.Script("told", body)) with
    {
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["CONFIG"] = "${config}", ["INSTANCE"] = "${instance}" },
        Config = new() { Name = "app.env", Refreshable = true, Values = Values("level", "one") },
        Replicas = replicas,
        Readiness = readiness,
    };

    private static SortedDictionary<string, ConfigValue> Values(string key, string value) => new(StringComparer.Ordinal) { [key] = new(value) };

    private static Task RefreshAsync(GuardProcess guard, Unit unit, string level) =>
        guard.Client.RefreshAsync(unit.Service, unit.Environment, unit.Release, Values("level", level), $"r-{level}", Ct);

    private static async Task<UnitStatus> StatusAsync(GuardProcess guard, Unit unit) =>
        (await guard.Client.StatusAsync(unit.Service, unit.Environment, Ct)).Units.Single(u => u.Release == unit.Release);

    private static async Task<ValuesStatus> ValuesAsync(GuardProcess guard, Unit unit) => (await StatusAsync(guard, unit)).Values!;

    /// <summary>Where it stands once nothing is under way.</summary>
    private static async Task<ValuesStatus> EndAsync(GuardProcess guard, Unit unit)
    {
        ValuesStatus last = new();
        await Eventually.TrueAsync(async () => (last = await ValuesAsync(guard, unit)) is { Asked: null } or { Problem: not null }, $"the refresh ends\n{guard.Journal}", Patience, Ct);
        return last;
    }

    private static async Task<IReadOnlyList<int?>> PidsAsync(GuardProcess guard, Unit unit) => [.. (await StatusAsync(guard, unit)).Instances.Select(i => i.Pid)];

    /// <summary>The last lines the copy has told, in their order.</summary>
    private static async Task HasToldAsync(GuardProcess guard, Unit unit, int replica, params string[] levels)
    {
        IReadOnlyList<string> lines = [];
        await Eventually.TrueAsync(
            async () => (lines = (await StatusAsync(guard, unit)).Instances[replica].LastLines).TakeLast(levels.Length).SequenceEqual(levels.Select(level => $"LEVEL={level}")),
            $"{unit.Release}.{replica} has told {string.Join(", ", levels)}\n{guard.Journal}", Patience, Ct);
    }
}
