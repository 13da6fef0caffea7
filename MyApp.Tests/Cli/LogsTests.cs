using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.ControlPlane;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class LogsTests
{
    private const string Hostile = "\u001b[2J\u001b]52;c;ZXZpbA==\u0007pwned\nforged line";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logs_HostileLineOnATerminal_IsHarmlessAndOneLine()
    {
        await using var plane = await PlaneAsync(Hostile);
        var run = new CliRun { Terminal = true, Variables = { ["NO_COLOR"] = "1" } };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "logs", "orders", "--api", plane.Address));

        Assert.EndsWith(" orders-dev-2.0 pwned forged line\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Out, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task Logs_InAPipe_KeepWhatWasWritten()
    {
        await using var plane = await PlaneAsync("\u001b[31mred\u001b[0m");
        var run = new CliRun();

        await run.RunAsync(Ct, "logs", "orders", "--api", plane.Address);

        Assert.EndsWith("\u001b[31mred\u001b[0m\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogsJson_NotFollowed_IsOneDocument()
    {
        await using var plane = await PlaneAsync("one", "two");
        var run = new CliRun();

        await run.RunAsync(Ct, "logs", "orders", "--api", plane.Address, "-o", "json", "--tail", "1");

        var page = JsonSerializer.Deserialize(run.Out, WireJson.Default.LogPage);
        Assert.Equal("two", Assert.Single(page!.Lines).Text);
    }

    [Fact]
    public async Task LogsJson_Followed_AreLinesOfDocuments()
    {
        await using var plane = await PlaneAsync("one", Hostile);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = new CliRun();

        var following = run.RunAsync(stop.Token, "logs", "orders", "-f", "--api", plane.Address, "-o", "json");
        await Eventually.TrueAsync(() => run.Out.Count(c => c == '\n') == 2, "both lines are printed", Patience, Ct);
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Cancelled, await following);
        var texts = run.Out.TrimEnd().Split('\n').Select(l => JsonSerializer.Deserialize(l, WireJson.Default.LogLineView)!.Text);
        Assert.Equal(["one", Hostile], texts);
    }

    [Fact]
    public async Task Logs_FollowedAndBrokenOff_GoOnWithoutRepeats()
    {
        await using var plane = await PlaneAsync("one", "two");
        plane.BreakAfter = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = new CliRun();

        var following = run.RunAsync(stop.Token, "logs", "orders", "-f", "--api", plane.Address);
        await Eventually.TrueAsync(() => plane.Requests.Count >= 2, "it reconnects", Patience, Ct);
        plane.Lines.Add(Line("three", 3));
        await Eventually.TrueAsync(() => run.Out.Contains("three", StringComparison.Ordinal), "the third line is printed", Patience, Ct);
        await stop.CancelAsync();
        await following;

        Assert.Equal(["one", "two", "three"], run.Out.TrimEnd().Split('\n').Select(l => l.Split(' ')[^1]));
    }

    private static async Task<FakeControlPlane> PlaneAsync(params string[] lines)
    {
        var plane = await FakeControlPlane.StartAsync();
        plane.Lines.AddRange(lines.Select(Line));
        return plane;
    }

    private static LogLineView Line(string text, int second) => new(Samples.Noon.AddSeconds(second), "access", "orders-dev-2.0", text);
}
