using System.Net;
using System.Net.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>What is kept of an exit.</summary>
public sealed class DossierTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exit_OfAPortThatIsTaken_NamesWhoHasIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var script = guard.Script("run", $"echo starting; echo 'listen tcp 127.0.0.1:{port}: bind: address already in use' >&2; exit 1");
        await guard.Client.ApplyAsync(TestService.Unit(script) with { Restart = new RestartRule { Policy = RestartPolicy.Never } }, Ct);

        var dossier = await LastAsync(guard);

        Assert.Equal((DossierCause.PortTaken, "exit 1"), (dossier.Cause, dossier.Exit));
        Assert.StartsWith($"port {port} is taken by ", dossier.Reason, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId})", dossier.Reason, StringComparison.Ordinal);
        Assert.Equal(["starting"], dossier.Output);
        Assert.Single(dossier.Error);
        Assert.Equal("stays down until someone starts it", dossier.Then);
        Assert.NotNull(dossier.CpuSeconds);
        var text = (await guard.CtlAsync(Ct, "why", TestService.Name)).Output;
        Assert.Contains(dossier.Reason!, text, StringComparison.Ordinal);
        Assert.Contains("  output | starting", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_OfAChangedRelease_SaysWhatChangedSinceTheGoodOne()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var good = TestService.Unit(guard.Script("good", "exec sleep 1000"));
        await guard.Client.ApplyAsync(good, Ct);
        await guard.UntilAsync(i => i.Ready, Ct);
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(guard.DataFolder, "guard/dossiers/test/probe-me/good.json")), "it is noted", TestService.Patience, Ct);
        var bad = TestService.Unit(guard.Script("bad", "echo 'panic: no' >&2; exit 2"), release: 2) with
        {
            Startup = null,
            Env = new SortedDictionary<string, string>(good.Env.ToDictionary(), StringComparer.Ordinal) { ["TOKEN"] = "secret-1" },
            Restart = new RestartRule { Policy = RestartPolicy.Never },
            Ports = [new UnitPort("http", FreePort.Find())],
            Socket = SocketMode.Forward,
            Readiness = new Probe { Tcp = true },
        };
        await guard.Client.ApplyAsync(bad, Ct);

        var dossier = await LastAsync(guard);

        Assert.Equal((DossierCause.UncaughtError, "panic: no", false), (dossier.Cause, dossier.Reason, dossier.WasReady));
        Assert.Equal(good.Release, dossier.LastGoodRelease);
        Assert.Contains("+env.TOKEN", dossier.ChangesSinceGood);
        Assert.Contains(dossier.ChangesSinceGood, c => c.StartsWith("executable ", StringComparison.Ordinal));
        Assert.DoesNotContain(dossier.ChangesSinceGood, c => c.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exit_OfAReleaseThatWasReadyForAMoment_IsComparedWithTheOneBeforeIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var good = TestService.Unit(guard.Script("good", "exec sleep 1000"));
        var bad = TestService.Unit(guard.Script("bad", "sleep 0.5; exit 2"), release: 2) with { Restart = new RestartRule { Policy = RestartPolicy.Never } };
        await ApplyAsync(good);
        await ApplyAsync(bad);

        var dossier = await LastAsync(guard);

        Assert.Equal((true, good.Release), (dossier.WasReady, dossier.LastGoodRelease));
        Assert.Contains(dossier.ChangesSinceGood, c => c.StartsWith("executable ", StringComparison.Ordinal));

        async Task ApplyAsync(Unit unit)
        {
            await guard.Client.ApplyAsync(unit, Ct);
            var noted = Path.Combine(guard.DataFolder, "guard/dossiers/test/probe-me/good.json");
            await Eventually.TrueAsync(
                async () => File.Exists(noted) && (await File.ReadAllTextAsync(noted, Ct)).Contains($"\"{unit.Release}\"", StringComparison.Ordinal), "it is noted", TestService.Patience, Ct);
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1000, false)]
    public async Task Exit_OfAReleaseThatWasReadyForLong_IsComparedWithNone(int resetAfterMilliseconds, bool isProved)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var rule = new RestartRule { Policy = RestartPolicy.Never, ResetAfter = TimeSpan.FromMilliseconds(resetAfterMilliseconds) };
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("good", "exec sleep 1000")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("bad", "sleep 0.3; exit 2"), release: 2) with { Restart = rule }, Ct);

        var dossier = await LastAsync(guard);

        Assert.Equal((true, isProved), (dossier.WasReady, dossier.LastGoodRelease is null));
    }

    [Fact]
    public async Task Exits_BeyondTwenty_MakeRoom()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "exit 1")) with
        {
            Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(1), Max = TimeSpan.FromMilliseconds(1) },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.Restarts >= 25, Ct);

        var dossiers = await guard.Client.WhyAsync(unit.Service, unit.Environment, 100, Ct);

        Assert.InRange(dossiers.Count, 1, 20);
        Assert.Equal(dossiers.OrderByDescending(d => d.EndedAt).Select(d => d.EndedAt), dossiers.Select(d => d.EndedAt));
        Assert.True(dossiers[0].Restarts >= 20);
    }

    [Fact]
    public async Task Stop_WithQuit_KeepsTheGoroutines()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        // As a Go program does: SIGTERM is not obeyed, SIGQUIT prints every goroutine and exits 2.
        var script = guard.Script("run", """
            trap '' TERM
            trap 'printf "SIGQUIT: quit\nPC=0x46c2a1\n\ngoroutine 1 [select]:\nmain.main()\n" >&2; exit 2' QUIT
            echo up
            while :; do sleep 0.1; done
            """);
        var unit = TestService.Unit(script) with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(6), Drain = TimeSpan.Zero, Quit = true } };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.Ready && i.LastLines.Count == 1, Ct);

        await guard.Client.StopAsync(unit.Service, unit.Environment, Ct);

        var dossier = await LastAsync(guard);
        Assert.Equal((DossierCause.Requested, "exit 2"), (dossier.Cause, dossier.Exit));
        Assert.Equal("SIGQUIT: quit\nPC=0x46c2a1\n\ngoroutine 1 [select]:\nmain.main()", dossier.Goroutines);
    }

    [Fact]
    public async Task Why_OfANameThatLeavesItsFolder_IsNotFound()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);

        Assert.Equal("not-found", (await Assert.ThrowsAsync<GuardException>(() => guard.Client.WhyAsync("../../x", "test", 1, Ct))).Code);
    }

    [Fact]
    public async Task Dossiers_OfAServiceRemovedLongAgo_GoWithTheNextStart()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var folder = Path.Combine(guard.DataFolder, "guard/dossiers/test");
        foreach (var (service, days) in new[] { ("long-ago", 31), ("lately", 29) })
        {
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, service)).FullName, "0-0000000000000000001.json");
            await File.WriteAllLinesAsync(file, ["{}"], Ct);
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-days));
        }

        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);

        Assert.Equal(["lately"], Directory.GetDirectories(folder).Select(Path.GetFileName));
    }

    private static async Task<ExitDossier> LastAsync(GuardProcess guard)
    {
        IReadOnlyList<ExitDossier> found = [];
        await Eventually.TrueAsync(
            async () => (found = await guard.Client.WhyAsync(TestService.Name, TestService.Environment, 1, Ct)).Count == 1, $"there is a dossier\n{guard.Journal}", TestService.Patience, Ct);
        return found[0];
    }
}
