using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Preflight.Candidate;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;
using MyApp.Tests.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Preflight;

public sealed class CandidateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Exposure.Public, "prod", Severity.Error)]
    [InlineData(Exposure.Public, "dev", Severity.Warning)]
    [InlineData(Exposure.Host, "prod", null)]
    public void Check_ManagementEndpoints_CountWhereTheServiceIsPublic(Exposure expose, string environment, Severity? level)
    {
        var findings = PreflightRules.Check(new CandidateFacts(Spec(expose, environment), ["/debug/pprof/"], ["Server: x/1"]), null);

        Assert.Equal(level, findings.SingleOrDefault(finding => finding.Rule == "candidate.management")?.Level);
        Assert.Equal(level is not null, findings.Any(finding => finding.Rule == "candidate.headers"));
    }

    [Fact]
    public async Task Inspect_AProgramWithItsInsidesOpen_SeesWhichAndWhatItTells()
    {
        var facts = await InspectAsync(app =>
        {
            app.MapGet("/debug/vars", () => "{}");
            app.MapGet("/metrics", () => Results.Redirect("/login"));
            app.MapGet("/swagger/index.html", (HttpContext context) => { context.Response.Headers["X-Powered-By"] = "Express 4.1"; context.Response.StatusCode = 404; });
        });

        Assert.Equal(["/debug/vars"], facts.Answered);
        Assert.Equal(["X-Powered-By: Express 4.1"], facts.Telling);
    }

    [Fact]
    public async Task Inspect_AProgramWithOnePageForEverything_SeesOnlyWhatIsNotThatPage() => Assert.Equal(
        ["/debug/vars"],
        (await InspectAsync(app =>
        {
            app.MapGet("/debug/vars", () => Results.Json(new { }));
            app.MapFallback(() => Results.Text("<html>", "text/html"));
        })).Answered);

    [Fact]
    public async Task Inspect_WhatSpeaksNoHttp_AnswersNothing() =>
        Assert.Empty((await CandidateInspection.InspectAsync(Spec(Exposure.Public, "prod"), FreePort.Find(), Ct)).Answered);

    [Theory]
    [InlineData(Severity.Error, RolloutState.Failed)]
    [InlineData(Severity.Warning, RolloutState.Succeeded)]
    public async Task Run_ACandidateThatAnswersTooMuch_NeverGetsTheTraffic(Severity level, RolloutState state)
    {
        using var bench = new RolloutBench();
        await bench.ShipAsync();
        var asked = 0;
        CandidateCheck check = (_, status, _) =>
        {
            asked++;
            Assert.False(status.Current);
            return Task.FromResult<IReadOnlyList<Finding>>([new("candidate.management", level, "it answers /metrics", "expose", null, null, "")]);
        };
        var runner = new RolloutRunner(bench.Store, bench.Target, (_, _, _) => Task.FromResult(bench.Draft), bench.Options, TimeProvider.System, check);
        var rollout = await runner.RunAsync(await bench.AddAsync(), Ct);

        Assert.Equal((state, 1), (rollout.State, asked));
        Assert.Equal(state == RolloutState.Failed ? "orders-dev-1" : "orders-dev-2", bench.Target.Current);
        Assert.Contains(await bench.Store.EventsAsync(rollout.Id, Ct), happened => happened.Message.Contains("candidate.management: it answers /metrics", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ARollback_IsNotAsked()
    {
        using var bench = new RolloutBench();
        await bench.ShipAsync();
        await bench.ShipAsync();
        var runner = new RolloutRunner(
            bench.Store, bench.Target, (_, _, _) => Task.FromResult(bench.Draft), bench.Options, TimeProvider.System, (_, _, _) => throw new InvalidOperationException("asked"));

        Assert.Equal(RolloutState.Succeeded, (await runner.RunAsync(await bench.AddAsync(RolloutKind.Rollback, "orders-dev-1"), Ct)).State);
    }

    private static ServiceSpec Spec(Exposure expose, string environment) =>
        SpecReader.Read($"service: orders\nport: 8080\nexpose: {expose.ToString().ToLowerInvariant()}\n", "myapp.yaml").File!.Find("orders", environment)!;

    private static async Task<CandidateFacts> InspectAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        await using var app = builder.Build();
        map(app);
        await app.StartAsync(Ct);
        return await CandidateInspection.InspectAsync(Spec(Exposure.Public, "prod"), new Uri(app.Urls.Single()).Port, Ct);
    }
}
