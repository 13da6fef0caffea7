using System.Net;
using System.Text.RegularExpressions;
using MyApp.Api.Console.Components;
using MyApp.Api.Console.Models;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Environments;

namespace MyApp.Tests.Console;

public sealed partial class PageTests
{
    private const string Hostile = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

    [Fact]
    public async Task ServicesPage_WithoutServices_SaysWhichCommandShipsTheFirst()
    {
        var html = await Rendered.HtmlAsync<ServicesPage>(("Model", new ServicesModel([], [], [])));
        Assert.Contains("myapp ship", html);
        Assert.DoesNotContain("<table", html);
    }

    [Fact]
    public async Task ServicesPage_WithOneFailing_ShowsItFirst()
    {
        var html = await Rendered.HtmlAsync<ServicesPage>(("Model", Sample.Services));
        Assert.True(html.IndexOf("payments</a>", StringComparison.Ordinal) < html.IndexOf("orders</a>", StringComparison.Ordinal));
        Assert.Contains("1 ready · 1 stopped · 1 crash loop", WebUtility.HtmlDecode(html));
        Assert.Contains("2 / 2", html);
        Assert.Contains("35.5 MiB", html);
    }

    [Fact]
    public async Task ServicePage_OfOneThatEnded_SaysWhyInWords()
    {
        var html = WebUtility.HtmlDecode(await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page with { LastExit = Cli.Samples.Exit })));

        Assert.Contains("exit 1. port 8080 is taken by nginx (pid 812)", html);
        Assert.Contains("it never got ready, up for 1 min 0 s", html);
        Assert.Contains("Since orders-dev-1", html);
        Assert.Contains("ports, env.GIN_MODE", html);
        Assert.Contains("bind: address already in use", html);
        Assert.DoesNotContain("last-exit", await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page)));
    }

    [Fact]
    public async Task BuildPage_WhileItRuns_ShowsEachPlatformAndACancel()
    {
        var html = WebUtility.HtmlDecode(await Rendered.HtmlAsync<BuildPage>(("View", Sample.Build), ("Lines", new[] { new BuildLogLine(1, Sample.Now, "linux/amd64", "go: compiling") })));

        Assert.All(["linux/amd64", "linux/arm64", "go1.19.8", "main.go:3: undefined: x", "go: compiling", "Cancel build", "under way"], text => Assert.Contains(text, html));
        Assert.DoesNotContain("Cancel build", await Rendered.HtmlAsync<BuildPage>(("View", Sample.Build with { State = BuildState.Succeeded }), ("Lines", Array.Empty<BuildLogLine>())));
        Assert.Contains("after 3 others", await Rendered.HtmlAsync<BuildsPage>(("Builds", new[] { Sample.Build with { State = BuildState.Queued, Ahead = 3 } })));
    }

    [Fact]
    public async Task EnvironmentsPage_ShowsEachServiceInEachEnvironment()
    {
        var release = Sample.Page.Releases[0] with { Vcs = new(new string('c', 40), Dirty: true, "https://git.example.com/orders.git") };
        var frozen = new EnvironmentView(
            "prod", "orders", true, [], ["main"], true, true, true, [new(Sample.Now.AddDays(-1), DateTimeOffset.MaxValue.AddDays(-1), "why", "prod")], new(2, new Dictionary<string, string> { ["ada"] = "", ["bob"] = "" }));
        EnvironmentStanding[] standings =
        [
            new() { Service = "orders", Environment = "dev", Release = release, Rollout = Sample.UnderWay.Rollout },
            new() { Service = "orders", Environment = "prod", Rules = frozen },
            new() { Service = Hostile, Environment = "eu" },
        ];

        var html = await Rendered.HtmlAsync<EnvironmentsPage>(("Standings", standings));

        Assert.All(
            ["cccccccccccc + changes", "https://git.example.com/orders.git", $"href=\"/rollouts/{Sample.UnderWay.Rollout.Id}\"", "frozen until", "signed by 2 of ada, bob", "<th scope=\"col\">eu</th>"],
            text => Assert.Contains(text, WebUtility.HtmlDecode(html), StringComparison.Ordinal));
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("myapp ship", await Rendered.HtmlAsync<EnvironmentsPage>(("Standings", Array.Empty<EnvironmentStanding>())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RolloutPage_WhileItWaitsForSignatures_SaysWhoseAndHow()
    {
        var rule = new ApprovalRule(2, new Dictionary<string, string> { ["ada"] = "", ["bob"] = "", ["eve"] = "" });
        var view = Sample.UnderWay with { Approval = new("statement", [new("orders-dev-4", rule, []), new("orders-dev-3", rule, ["bob"])]) };

        var html = WebUtility.HtmlDecode(await Rendered.HtmlAsync<RolloutPage>(("View", view)));

        Assert.All(
            ["Waits for signatures", "2 of ada, bob, eve, as", "nobody has signed yet", "orders-dev-3", "bob signed", "myapp approve orders --env dev"], text => Assert.Contains(text, html, StringComparison.Ordinal));
        Assert.DoesNotContain("Waits for signatures", await Rendered.HtmlAsync<RolloutPage>(("View", Sample.UnderWay)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RolloutAndItsBuild_LeadToEachOther()
    {
        var ship = Sample.UnderWay with { Build = Sample.Build.Id };
        var build = await Rendered.HtmlAsync<BuildPage>(("View", Sample.Build with { Rollout = ship.Rollout.Id }), ("Lines", Array.Empty<BuildLogLine>()));

        Assert.Contains($"href=\"/builds/{Sample.Build.Id}\"", await Rendered.HtmlAsync<RolloutPage>(("View", ship)));
        Assert.Contains($"href=\"/rollouts/{ship.Rollout.Id}\"", build);
        Assert.Contains("the rollout that waits for it fails", build);
        Assert.DoesNotContain("/builds/", await Rendered.HtmlAsync<RolloutPage>(("View", Sample.UnderWay)));
    }

    [Fact]
    public async Task EveryPage_WithHostileText_EscapesIt()
    {
        var service = Sample.Orders with
        {
            Name = Hostile, Release = Hostile, Url = Hostile, Reason = Hostile,
            Instances = [Sample.Orders.Instances[0] with { Id = Hostile, State = Hostile, Host = Hostile, LastProbe = Hostile, LastExit = Hostile, WaitsFor = Hostile }],
        };
        var rollout = Sample.Broken with
        {
            Rollout = Sample.Broken.Rollout with { Service = Hostile, Release = Hostile, RequestedBy = Hostile, Failure = Hostile + "\n" + Hostile },
            Events = [.. Sample.Broken.Events.Select(e => e with { Message = Hostile + "\n" + Hostile })],
        };
        var model = new ServiceModel
        {
            Service = service,
            Releases = [.. Sample.Releases.Select(r => r with { Id = Hostile, Artifact = Hostile, CreatedBy = Hostile, Service = Hostile })],
            Rollout = rollout,
            Log = new LogPage([new LogLineView(Sample.Now, Hostile, Hostile, Hostile)]),
            LogTrouble = Hostile,
            LastExit = Cli.Samples.Exit with { Instance = Hostile, Exit = Hostile, Reason = Hostile, Then = Hostile, Error = [Hostile], LastGoodRelease = Hostile, ChangesSinceGood = [Hostile] },
        };
        var build = Sample.Build with
        {
            Service = Hostile, Environment = Hostile, Source = Hostile, RequestedBy = Hostile, Failure = Hostile,
            Platforms = [Sample.Build.Platforms[0] with { Platform = Hostile, Steps = [new(Hostile, Hostile, false, TimeSpan.Zero, 1, 2)], Failure = Hostile }],
        };
        var notice = new Notice(true, Hostile, Hostile);
        IReadOnlyList<PartHealth> parts = [new("PostgreSQL", PartState.Away, Hostile)];

        foreach (var html in new[]
        {
            await Rendered.HtmlAsync<ServicesPage>(("Model", new ServicesModel([service], [rollout.Rollout], [build])), ("Parts", parts), ("Notice", notice)),
            await Rendered.HtmlAsync<ServicePage>(("Model", model), ("Parts", parts), ("Notice", notice)),
            await Rendered.HtmlAsync<RolloutPage>(("View", rollout), ("Parts", parts), ("Notice", notice)),
            await Rendered.HtmlAsync<BuildPage>(("View", build), ("Lines", new[] { new BuildLogLine(1, Sample.Now, Hostile, Hostile) }), ("Parts", parts), ("Notice", notice)),
            await Rendered.HtmlAsync<BuildsPage>(("Builds", new[] { build }), ("Parts", parts)),
            await Rendered.HtmlAsync<ProblemPage>(("Title", Hostile), ("Text", Hostile), ("Parts", parts)),
        })
        {
            Assert.Contains("&lt;script&gt;alert(1)", html);
            Assert.DoesNotContain("<script>", html);
            Assert.DoesNotContain("<img", html);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("//elsewhere")]
    public async Task ServicePage_WithAnAddressNoBrowserShouldOpen_DoesNotLinkIt(string url)
    {
        var html = await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page with { Service = Sample.Orders with { Url = url } }));
        Assert.Contains(url, html);
        Assert.DoesNotContain($"href=\"{url}", html);
    }

    [Theory]
    [InlineData(ServiceState.Ready, "Restart,Roll back,Stop")]
    [InlineData(ServiceState.CrashLoop, "Restart,Roll back,Stop")]
    [InlineData(ServiceState.Stopped, "Start,Roll back")]
    public async Task Commands_OfAState_AreThoseThatMakeSense(ServiceState state, string labels)
    {
        var html = await Rendered.HtmlAsync<Commands>(("Model", Sample.Page with { Service = Sample.Orders with { State = state } }));
        Assert.Equal(labels, string.Join(',', CommandLabel().Matches(html).Select(m => m.Groups[1].Value)));
    }

    [Fact]
    public async Task Commands_WhileARolloutRuns_DoNotOfferARollback()
    {
        var html = await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page with { Rollout = Sample.UnderWay }));
        Assert.DoesNotContain("Roll back", html);
        Assert.Contains("Rollout under way", html);
    }

    [Fact]
    public async Task Commands_WithoutAnEarlierRelease_DoNotOfferARollback() =>
        Assert.DoesNotContain("Roll back", await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page with { RollbackTo = null, Releases = [.. Sample.Releases.Where(r => r.Current)] })));

    [Fact]
    public async Task Releases_NewerThanTheCurrent_AreMovedToAndNotBack()
    {
        var releases = Sample.Releases.Select(r => r with { Current = r.Number == 6 }).ToList();
        var html = await Rendered.HtmlAsync<ReleaseTable>(("Model", Sample.Page with { Releases = releases }));
        Assert.Contains("aria-label=\"Move to this: orders-dev-7\"", html);
        Assert.Contains("aria-label=\"Roll back to this: orders-dev-5\"", html);
    }

    [Fact]
    public async Task EveryForm_CarriesItsToken()
    {
        var html = await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page));
        Assert.Equal(9, html.Split("<form").Length - 1);
        Assert.Equal(9, html.Split("value=\"token-of-this-form\"").Length - 1);
    }

    [Fact]
    public async Task RolloutPage_OfAFailedBuild_ShowsWhatTheCompilerPrinted()
    {
        var html = await Rendered.HtmlAsync<RolloutPage>(("View", Sample.Broken));
        Assert.Contains("The build failed: go build ended with 1.", html);
        Assert.Matches(new Regex("<pre[^>]*># orders\n./main.go:42:9: undefined: store.Open\n"), WebUtility.HtmlDecode(html));
        Assert.DoesNotContain("Cancel", html);
    }

    [Fact]
    public async Task RolloutPage_BeforeTheTrafficMoves_OffersToCancel() =>
        Assert.Contains("action=\"/rollouts/0198a2f0-0000-7000-8000-000000000001/cancel\"", await Rendered.HtmlAsync<RolloutPage>(("View", Sample.UnderWay)));

    [Fact]
    public async Task EveryPage_HasNothingInlineThatTheContentPolicyRefuses()
    {
        var html = await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page), ("Parts", Sample.Parts));
        Assert.DoesNotMatch(new Regex("<style|\\sstyle=|\\son[a-z]+=\"|javascript:"), html);
        Assert.Single(new Regex("<script").Matches(html));
    }

    [Fact]
    public async Task EveryPage_WithStyleAndScript_IsSmall()
    {
        var assets = new MyApp.Api.Console.ConsoleAssets();
        var page = await Rendered.HtmlAsync<ServicePage>(("Model", Sample.Page with { Log = null }), ("Parts", Sample.Parts));
        Assert.InRange(page.Length + assets.Bytes, 1, 48 * 1024);
    }

    [GeneratedRegex("<(?:summary|button) class=\"button[^>]*(?:id=\"[a-z]+\"|aria-label[^>]*)?>((?:Start|Restart|Roll back|Stop))</(?:summary|button)>")]
    private static partial Regex CommandLabel();
}
