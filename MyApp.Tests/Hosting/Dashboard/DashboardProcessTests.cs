using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Tests.Support;

namespace MyApp.Tests.Hosting.Dashboard;

/// <summary>A script stands in for the guard's shim: it writes down how it was called, and ends or stays.</summary>
public sealed class DashboardProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("myapp-dashboard-test-").FullName;
    private readonly FakeClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Run_EndsAgainAndAgain_IsLeftAloneAfterTheFifth()
    {
        var running = Process("exit 3").RunAsync(Ct);
        var deadline = TimeProvider.System.GetTimestamp();
        while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct)) != running)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience, "it goes on for ever");
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        await running;
        Assert.Equal(5, Starts().Count);
    }

    [Fact]
    public async Task Run_Stopped_EndsTheProgram()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = Process("exec sleep 600").RunAsync(stop.Token);
        await Eventually.TrueAsync(() => Starts().Count == 1, "it was started", Patience, Ct);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Run_Started_IsTetheredAndHasNoSecretInItsArguments()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var settings = Settings("exec sleep 600");
        var running = new DashboardProcess(settings, clock, NullLogger.Instance).RunAsync(stop.Token);
        await Eventually.TrueAsync(() => Starts().Count == 1, "it was started", Patience, Ct);
        var arguments = Starts().Single();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.StartsWith("exec --tether ", arguments, StringComparison.Ordinal);
        Assert.EndsWith($"-- {settings.Program} dashboard", arguments, StringComparison.Ordinal);
        Assert.All(settings.Secrets, secret => Assert.DoesNotContain(secret, arguments, StringComparison.Ordinal));
    }

    private DashboardProcess Process(string then) => new(Settings(then), clock, NullLogger.Instance);

    private DashboardSettings Settings(string then)
    {
        var shim = Path.Combine(folder, "shim");
        File.WriteAllLines(shim, ["#!/bin/sh", $"echo \"$@\" >>'{folder}/starts'", then]);
        File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ASPIRE_DASHBOARD_PATH"] = shim,
            ["MYAPP_DATA"] = folder,
        }).Build();
        return DashboardSettings.Read(configuration, shim, folder);
    }

    private IReadOnlyList<string> Starts() => File.Exists(Path.Combine(folder, "starts")) ? File.ReadAllLines(Path.Combine(folder, "starts")) : [];
}
