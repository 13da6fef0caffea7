using MyApp.Deployment.ControlPlane;
using MyApp.Tests.Support;

namespace MyApp.Tests.EndToEnd;

/// <summary>README's walk through the product, with the real programs and nothing else.</summary>
[Collection(nameof(EndToEnd))]
public sealed class WalkthroughTests(WholeSystem system) : IClassFixture<WholeSystem>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_Started_SampleIsReadyAndAnswers()
    {
        Assert.SkipUnless(system.Missing is null, system.Missing ?? "");

        var orders = await system.WaitForOrdersAsync(o => o.State == ServiceState.Ready, Ct);
        using var client = new HttpClient();

        Assert.Equal(ServiceState.Ready, orders.State);
        Assert.Equal(WholeSystem.Sample, orders.Url);
        Assert.Contains("orders", await client.GetStringAsync(WholeSystem.Sample + "/orders", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sample_Killed_IsBack()
    {
        Assert.SkipUnless(system.Missing is null, system.Missing ?? "");
        var before = Assert.Single((await system.WaitForOrdersAsync(o => o.State == ServiceState.Ready, Ct)).Instances);

        await ToolProcess.SignalAsync(before.Pid!.Value, "KILL", Ct);

        var after = await system.WaitForOrdersAsync(o => o.State == ServiceState.Ready && o.Instances[0].Pid != before.Pid, Ct);
        Assert.True(after.Instances[0].Restarts > before.Restarts);
    }

    [Fact]
    public async Task Sample_EditedAndShipped_IsANewRelease_AndRollbackBringsTheOldOneBack()
    {
        Assert.SkipUnless(system.Missing is null, system.Missing ?? "");
        var first = await system.WaitForOrdersAsync(o => o.State == ServiceState.Ready, Ct);

        await system.MyAppAsync(["ship", system.EditedSample("edit1")], Ct);
        var second = await system.OrdersAsync(Ct);
        await system.MyAppAsync(["rollback", "orders", "--yes"], Ct);
        var third = await system.OrdersAsync(Ct);

        Assert.NotEqual(first.Release, second.Release);
        Assert.Equal(first.Release, third.Release);
        Assert.Equal(ServiceState.Ready, third.State);
    }

    [Fact]
    public async Task Api_KilledInTheMiddleOfAShip_RolloutCompletesAndTheSampleNeverStops()
    {
        Assert.SkipUnless(system.Missing is null, system.Missing ?? "");
        var before = await system.WaitForOrdersAsync(o => o.State == ServiceState.Ready, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var load = AskUntilAsync(stop.Token);

        await using var ship = ToolProcess.Start(
            Repository.File("myapp"), ["ship", system.EditedSample("edit2")], new Dictionary<string, string?> { ["NO_COLOR"] = "1" });
        await ship.WaitForLineAsync(line => line.Contains("building", StringComparison.OrdinalIgnoreCase), TimeSpan.FromMinutes(1), Ct);
        foreach (var pid in system.Find("MyApp.Api.dll"))
            await ToolProcess.SignalAsync(pid, "KILL", Ct);

        Assert.Equal(0, await ship.ExitAsync(TimeSpan.FromMinutes(3), Ct));
        var after = await system.OrdersAsync(Ct);
        await stop.CancelAsync();
        var (asked, failed) = await load;
        Assert.NotEqual(before.Release, after.Release);
        Assert.Equal(ServiceState.Ready, after.State);
        Assert.InRange(asked, 1, int.MaxValue);
        Assert.Empty(failed);
    }

    [Fact]
    public async Task Readme_ItsCommandsForAnotherTerminal_AllSucceed()
    {
        Assert.SkipUnless(system.Missing is null, system.Missing ?? "");
        var commands = ReadmeCommands("./myapp status").ToList();

        Assert.True(commands.Count >= 5);
        foreach (var command in commands)
        {
            await system.WaitForOrdersAsync(o => o.State == ServiceState.Ready, Ct);
            var words = command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            await system.RunAsync(words[0], words[1..], Ct);
        }
    }

    /// <summary>The lines of the fenced block of shell commands that begins with this one.</summary>
    private static IEnumerable<string> ReadmeCommands(string first) =>
        File.ReadAllLines(Repository.File("README.md"))
            .SkipWhile(line => !line.StartsWith(first, StringComparison.Ordinal))
            .TakeWhile(line => line != "```");

    private static string Causes(Exception e) => e.InnerException is { } inner ? $"{e.Message} {Causes(inner)}" : e.Message;

    private static async Task<(int Asked, IReadOnlyList<string> Failed)> AskUntilAsync(CancellationToken ct)
    {
        using var client = new HttpClient();
        var asked = 0;
        var failed = new List<string>();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(WholeSystem.Sample + "/orders"), CancellationToken.None);
                if (!answer.IsSuccessStatusCode)
                    failed.Add(answer.StatusCode.ToString());
            }
            catch (HttpRequestException e)
            {
                failed.Add(Causes(e));
            }

            asked++;
        }

        return (asked, failed);
    }
}

[CollectionDefinition(nameof(EndToEnd), DisableParallelization = true)]
public sealed class EndToEnd;
