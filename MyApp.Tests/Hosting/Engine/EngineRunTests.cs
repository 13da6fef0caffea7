using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyApp.Tests.Support;

namespace MyApp.Tests.Hosting.Engine;

/// <summary>The engine with real processes.</summary>
public sealed class EngineRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly IDistributedApplicationTestingBuilder builder = DistributedApplicationTestingBuilder.Create();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_ThatEnds_IsFinishedWithItsExitCodeAndNotStartedAgain()
    {
        Shell("job", "exit 3");
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        var ended = await app.ResourceNotifications.WaitForResourceAsync("job", e => e.Snapshot.ExitCode is not null, Ct).WaitAsync(Patience, Ct);
        Assert.Equal((KnownResourceStates.Finished, 3), (ended.Snapshot.State!.Text, ended.Snapshot.ExitCode));
    }

    [Fact]
    public async Task Service_ThatCrashes_IsStartedAgain()
    {
        var marks = Path.Combine(folder.Path, "marks");
        Shell("service", $"echo x >> {marks}; [ $(wc -l < {marks}) -ge 3 ] && exec sleep 600; exit 1").WithEndpoint(scheme: "tcp", name: "tcp");
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        await Eventually.TrueAsync(() => File.Exists(marks) && File.ReadAllLines(marks).Length == 3, "the third start happened", Patience, Ct);
        await app.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.Running, Ct).WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task Waiter_OfAServiceThatStaysUnhealthy_FailsAndSaysWhyAndForWhom()
    {
        builder.Configuration["AppHost:WaitTimeout"] = "00:00:01";
        builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy("the moon is missing"));
        var service = Shell("service", "exec sleep 600").WithHealthCheck("never");
        Shell("waiter", "exit 0").WaitFor(service);
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct).WaitAsync(Patience, Ct);
        var state = await app.ResourceNotifications.WaitForResourceAsync("waiter", KnownResourceStates.TerminalStates, Ct).WaitAsync(Patience, Ct);
        Assert.Equal(KnownResourceStates.FailedToStart, state);
        Assert.Contains(
            "'waiter' was not started: it waited 1 s for 'service' to be healthy, but it runs and is not healthy (never: the moon is missing)",
            await LogAsync(app, "waiter"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiter_OfACompletion_StartsAfterIt()
    {
        var mark = Path.Combine(folder.Path, "mark");
        var first = Shell("first", $"sleep 0.3; touch {mark}");
        Shell("second", $"test -e {mark}").WaitForCompletion(first);
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        var ended = await app.ResourceNotifications.WaitForResourceAsync("second", e => e.Snapshot.ExitCode is not null, Ct).WaitAsync(Patience, Ct);
        Assert.Equal(0, ended.Snapshot.ExitCode);
    }

    [Fact]
    public async Task Port_ThatIsTaken_FailsWithItsOwner()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        builder.Configuration["DcpPublisher:RandomizePorts"] = "false";
        Shell("service", "exec sleep 600").WithHttpEndpoint(port: port);
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        await app.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.FailedToStart, Ct).WaitAsync(Patience, Ct);
        Assert.Contains($"(pid {Environment.ProcessId})", await LogAsync(app, "service"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfReferences_IsAsAspireGivesIt()
    {
        var source = Shell("other-api", "exec sleep 600").WithHttpEndpoint(name: "http");
        builder.Configuration["ConnectionStrings:db"] = "Host=here";
        var connection = builder.AddConnectionString("db");
        // Not through a shell: it drops variables whose names it could not write, as those of service discovery.
        builder.AddExecutable("reader", "/usr/bin/env", folder.Path).WithReference(connection).WithReference(source.GetEndpoint("http")).WithEnvironment("MIXED", $"at {source.GetEndpoint("http")}/x");
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        await app.ResourceNotifications.WaitForResourceAsync("reader", e => e.Snapshot.ExitCode is not null, Ct).WaitAsync(Patience, Ct);
        var log = await LogAsync(app, "reader");
        var url = source.GetEndpoint("http").Url;
        Assert.Contains("ConnectionStrings__db=Host=here", log, StringComparison.Ordinal);
        Assert.Contains($"services__other-api__http__0={url}", log, StringComparison.Ordinal);
        Assert.Contains($"OTHER_API_HTTP={url}", log, StringComparison.Ordinal);
        Assert.Contains($"MIXED=at {url}/x", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OfProcessesThatIgnoreIt_TakesAtMostTenSeconds()
    {
        var marks = Path.Combine(folder.Path, "pids");
        var stubborn = Shell("stubborn", $"trap '' TERM INT; echo $$ >> {marks}; while true; do sleep 0.1; done");
        Shell("dependant", $"trap '' TERM INT; echo $$ >> {marks}; while true; do sleep 0.1; done").WaitForStart(stubborn);
        var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        await Eventually.TrueAsync(() => File.Exists(marks) && File.ReadAllLines(marks).Length == 2, "both run", Patience, Ct);
        var began = Stopwatch.GetTimestamp();
        await app.DisposeAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 10);
        Assert.All(File.ReadAllLines(marks), pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"{pid} still runs"));
    }

    [Fact]
    public async Task Commands_StopAndStart_DoSo()
    {
        Shell("service", "exec sleep 600").WithEndpoint(scheme: "tcp", name: "tcp");
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        await app.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.Running, Ct).WaitAsync(Patience, Ct);
        app.ResourceNotifications.TryGetCurrentState("service", out var running);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(running!.ResourceId, KnownResourceCommands.StopCommand, Ct)).Success);
        await app.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.Exited, Ct).WaitAsync(Patience, Ct);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(running.ResourceId, KnownResourceCommands.StartCommand, Ct)).Success);
        await app.ResourceNotifications.WaitForResourceAsync("service", KnownResourceStates.Running, Ct).WaitAsync(Patience, Ct);
    }

    private IResourceBuilder<ExecutableResource> Shell(string name, string script) => builder.AddExecutable(name, "/bin/sh", folder.Path, "-c", script);

    private static async Task<string> LogAsync(DistributedApplication app, string name)
    {
        Assert.True(app.ResourceNotifications.TryGetCurrentState(name, out var state));
        var lines = new List<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(state.ResourceId))
            lines.AddRange(batch.Select(l => l.Content));
        return string.Join('\n', lines);
    }
}
