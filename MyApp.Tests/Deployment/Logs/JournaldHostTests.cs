using MyApp.Deployment.Logs.Rotation;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Logs;

/// <summary>A rendered configuration under a real journald.</summary>
public sealed class JournaldHostTests(SystemdHost host) : IClassFixture<SystemdHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Namespace_OfAService_IsKeptAsItsRuleSays()
    {
        Assert.SkipUnless(host.Missing is null, host.Missing ?? "");
        var config = JournaldConfig.Write("orders", "prod", new LogRule { Rotate = LogPeriod.Day, KeepFor = TimeSpan.FromDays(30), KeepFiles = null, MaxTotalBytes = 300 << 20 });
        await File.WriteAllLinesAsync(Path.Combine(host.Shared, config.Name), config.Text.Split('\n'), Ct);
        var (copied, words) = await host.RunAsync("cp", Path.Combine(host.Shared, config.Name), config.Place);
        Assert.True(copied == 0, words);
        // It goes on writing, as services do: a journald that is just coming up may miss a program that is gone at once.
        await host.PlaceAsync("orders.service", "[Service]\nType=exec\nLogNamespace=orders-prod\nExecStart=/bin/sh -c 'while :; do echo something was written; sleep 0.5; done'\n");

        var (exit, output) = await host.ControlAsync("start", "orders.service");
        Assert.True(exit == 0, output);

        var journal = "";
        await Eventually.TrueAsync(
            async () => (journal = (await host.RunAsync("journalctl", "--namespace=orders-prod", "--no-pager", "-o", "cat")).Output).Contains("something was written", StringComparison.Ordinal),
            $"the line is in the namespace, which holds: {() => journal}", Patience, Ct);
        Assert.Contains("max 300.0M", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown key", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("something was written", (await host.RunAsync("journalctl", "--no-pager", "-o", "cat")).Output, StringComparison.Ordinal);
    }
}
