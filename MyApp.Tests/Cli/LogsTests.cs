using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Logs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class LogsTests
{
    private const string Hostile = "\u001b[2J\u001b]52;c;ZXZpbA==\u0007pwned\nforged line";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
    public async Task LogsJson_ByTheShortOption_IsTheSameDocument()
    {
        await using var plane = await PlaneAsync("one");
        var (shortened, contradicted) = (new CliRun(), new CliRun());

        Assert.Equal(ExitCode.Ok, await shortened.RunAsync(Ct, "logs", "orders", "--api", plane.Address, "--json"));
        Assert.Equal(ExitCode.BadInput, await contradicted.RunAsync(Ct, "logs", "orders", "--api", plane.Address, "--json", "-o", "text"));

        Assert.Equal("one", Assert.Single(JsonSerializer.Deserialize(shortened.Out, WireJson.Default.LogPage)!.Lines).Text);
        Assert.Contains("--json: --output says otherwise", contradicted.Error, StringComparison.Ordinal);
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

    [Fact]
    public async Task Logs_ThatAreSearchedLocally_NeedNoGuard()
    {
        using var data = new TemporaryFolder();
        var log = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{LogLineFormat.Prefix(Samples.Noon.AddSeconds(i), "orders-dev-1.0")}request {i}\n"));
        data.File("logs/dev/orders/access.log", log);
        data.File("logs/dev/orders/error.log", $"{LogLineFormat.Prefix(Samples.Noon.AddSeconds(10), "orders-dev-1.0")}request 10 failed\n");
        var since = Samples.Noon.AddSeconds(10).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var until = Samples.Noon.AddSeconds(19).ToString("O", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(["request 10", "request 10 failed", "request 12"], await SearchAsync("--since", since, "--until", until, "--grep", "request 1[02]"));
        Assert.Equal(["request 7"], await SearchAsync("--grep", "request 7$"));
        Assert.Equal(["request 10 failed"], await SearchAsync("--grep", "request", "--stream", "error"));

        async Task<IEnumerable<string>> SearchAsync(params string[] args)
        {
            var run = new CliRun { Variables = { ["MYAPP_DATA"] = data.Path } };
            Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, ["logs", "orders", "--local", "-o", "json", .. args]));
            return JsonSerializer.Deserialize(run.Out, WireJson.Default.LogPage)!.Lines.Select(line => line.Text);
        }
    }

    [Fact]
    public async Task Logs_FollowedUpToATime_AreRefused()
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "logs", "orders", "-f", "--until", "1h"));

        Assert.Contains("--until: what is followed has no end", run.Error, StringComparison.Ordinal);
    }

    private static async Task<FakeControlPlane> PlaneAsync(params string[] lines)
    {
        var plane = await FakeControlPlane.StartAsync();
        plane.Lines.AddRange(lines.Select(Line));
        return plane;
    }

    private static LogLineView Line(string text, int second) => new(Samples.Noon.AddSeconds(second), "access", "orders-dev-2.0", text);
}
