using System.Text.Json;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary><c>myapp-guard exec --unit</c> under a real Supervisor.</summary>
public sealed class SupervisordTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unit_UnderSupervisor_IsRestartedByTheShimAndStoppedByItsRule()
    {
        const string Supervisord = "/usr/bin/supervisord";
        Assert.SkipUnless(File.Exists(Supervisord), "needs supervisord");
        using var folder = new TemporaryFolder();
        var path = folder.File("run", $"#!/bin/sh\necho run >> {folder.Path}/runs\n[ $(wc -l < {folder.Path}/runs) -lt 3 ] && exit 1\ntrap 'echo bye; exit 0' TERM\necho here\nwhile :; do sleep 0.05; done\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        var unit = TestService.Unit(path) with { Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(20) } };
        var file = folder.File("unit.json", JsonSerializer.Serialize(unit, UnitJson.Default.Unit));
        var config = folder.File("supervisord.conf", $"""
            [supervisord]
            nodaemon=true
            logfile={folder.Path}/supervisord.log
            pidfile={folder.Path}/supervisord.pid
            {(Environment.IsPrivilegedProcess ? "user=root" : "")}
            [program:run]
            command="{GuardProcess.Binary()}" exec --unit {file} --restart --logs {folder.Path}/logs
            startsecs=0
            stopwaitsecs=20
            """);
        var supervisor = ToolProcess.Start(Supervisord, ["-c", config]);
        await using (supervisor)
        {
            var log = Path.Combine(folder.Path, "logs", "access.log");
            await Eventually.TrueAsync(() => File.Exists(log) && File.ReadAllText(log).Contains("here", StringComparison.Ordinal), $"the third run is up: {supervisor.Output}", TestService.Patience, Ct);
        }

        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "runs"), Ct)).Length);
        Assert.Contains("bye", await File.ReadAllTextAsync(Path.Combine(folder.Path, "logs", "access.log"), Ct), StringComparison.Ordinal);
        var told = await File.ReadAllTextAsync(Path.Combine(folder.Path, "supervisord.log"), Ct);
        Assert.Contains("stopped: run (exit status 0)", told, StringComparison.Ordinal);
        Assert.DoesNotContain("exited: run", told, StringComparison.Ordinal);
    }
}
