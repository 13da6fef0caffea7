using System.Globalization;
using MyApp.Deployment.Policies;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Policies;

/// <summary>What the model says of systemd, held against a real one.</summary>
public sealed class SystemdModelTests(SystemdHost host) : IClassFixture<SystemdHost>
{
    private const int GrowingPauses = 254;
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("limit", RestartPolicy.Always, 200, 200, "1@1ms*9")]
    [InlineData("recovers", RestartPolicy.OnFailure, 200, 200, "1@1ms,0@1ms")]
    [InlineData("clean-signal", RestartPolicy.OnFailure, 200, 200, "SIGTERM@1ms")]
    [InlineData("unclean-signal", RestartPolicy.OnFailure, 200, 200, "SIGKILL@1ms,SIGSEGV@1ms")]
    [InlineData("prevented", RestartPolicy.Always, 200, 200, "1@1ms,78@1ms")]
    [InlineData("never", RestartPolicy.Never, 200, 200, "1@1ms")]
    [InlineData("always", RestartPolicy.Always, 200, 200, "0@1ms,1@1ms")]
    [InlineData("growing", RestartPolicy.Always, 100, 800, "1@1ms*4")]
    public async Task Exits_UnderARealSystemd_AreFollowedByWhatTheModelSays(string name, RestartPolicy policy, int initial, int max, string exits)
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        Assert.SkipWhen(initial < max && await VersionAsync() < GrowingPauses, $"needs systemd {GrowingPauses}, whose pauses grow");
        var planned = ExitScript.Read(exits).Exits;
        var unit = new Unit
        {
            Service = name, Environment = "test", Release = $"{name}-test-1", Executable = Path.Combine(host.Shared, $"{name}.run"),
            Restart = new RestartRule { Policy = policy, Initial = TimeSpan.FromMilliseconds(initial), Max = TimeSpan.FromMilliseconds(max) },
        };
        var simulation = PolicySimulator.Run(unit, planned, "systemd");
        await PlaceAsync(unit, exits, simulation.Settings);

        await host.ControlAsync("start", name);

        var last = simulation.Runs[^1].Then;
        await host.UntilAsync(name, "ActiveState", last switch { AfterExit.Restart => "active", AfterExit.Completed => "inactive", _ => "failed" });
        await Eventually.TrueAsync(() => Starts(name).Count == simulation.Runs.Count + (last == AfterExit.Restart ? 1 : 0), "every start was written down", Patience, Ct);
        foreach (var (pause, run) in Starts(name).Skip(1).Zip(Starts(name), (later, earlier) => later - earlier).Zip(simulation.Runs))
            Assert.InRange(pause, run.Pause!.Middle, run.Pause.Middle + Slack);
    }

    // Ends as planned, once a start; with nothing planned any more it stays.
    private async Task PlaceAsync(Unit unit, string exits, IReadOnlyList<string> settings)
    {
        var words = exits.Split(',').SelectMany(exit => Enumerable.Repeat(exit.Split('@')[0], exit.Split('*') is [_, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 1));
        await File.WriteAllLinesAsync(unit.Executable,
        [
            "#!/bin/bash", $"date +%s%N >> {host.Shared}/{unit.Service}.starts", $"words=({string.Join(' ', words)})",
            $"word=${{words[$(wc -l < {host.Shared}/{unit.Service}.starts) - 1]}}", "case $word in", "'') exec sleep 1000 ;;", "SIG*) kill -s ${word#SIG} $$ ; sleep 10 ;;", "*) exit $word ;;", "esac",
        ], Ct);
        File.SetUnixFileMode(unit.Executable, (UnixFileMode)0b111_101_101);
        var limits = settings.Where(setting => setting.StartsWith("StartLimit", StringComparison.Ordinal)).ToList();
        await host.PlaceAsync(
            $"{unit.Service}.service",
            $"[Unit]\n{string.Join('\n', limits)}\n[Service]\nType=exec\nExecStart={unit.Executable}\n{string.Join('\n', settings.Except(limits))}\n");
    }

    private List<TimeSpan> Starts(string name)
    {
        var path = Path.Combine(host.Shared, $"{name}.starts");
        return File.Exists(path) ? [.. File.ReadAllLines(path).Select(line => TimeSpan.FromMicroseconds(long.Parse(line, CultureInfo.InvariantCulture) / 1000))] : [];
    }

    // systemd 252 (252.39-1~deb12u2)
    private async Task<int> VersionAsync() => int.Parse((await host.ControlAsync("--version")).Output.Split(' ')[1], CultureInfo.InvariantCulture);
}
