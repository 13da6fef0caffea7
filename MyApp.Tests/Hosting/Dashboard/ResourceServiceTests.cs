using System.Net;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using MyApp.Hosting.Engine.Dashboard.Grpc;

namespace MyApp.Tests.Hosting.Dashboard;

public sealed class ResourceServiceTests(ResourceServiceFixture fixture) : IClassFixture<ResourceServiceFixture>, IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly GrpcProbe probe = new(fixture.Url, ResourceServiceFixture.Key);

    public void Dispose() => probe.Dispose();

    [Fact]
    public async Task GetApplicationInformation_Asked_NamesTheApplication()
    {
        using var answer = await probe.CallAsync("GetApplicationInformation", [], ct: Ct);
        Assert.Equal("Orders", (await answer.NextAsync(Ct))!.Text(1));
        Assert.Equal((0, null), await answer.EndAsync(Ct));
    }

    [Fact]
    public async Task WatchResources_ResourceIsThere_CarriesAllThatTheDashboardNeeds()
    {
        var thing = new ResourceServiceFixture.Thing("full");
        await fixture.Notifications.PublishUpdateAsync(thing, "full-abcdefgh", now => now with
        {
            ResourceType = "Project",
            State = new ResourceStateSnapshot("Running", "success"),
            CreationTimeStamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            StartTimeStamp = new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc),
            Properties = [new("project.path", "/a/b.csproj"), new("executable.pid", 42), new("executable.args", new[] { "-v", "x" }), new("nothing", null)],
            EnvironmentVariables = [new("MODE", "test", true)],
            Urls = [new UrlSnapshot("http", "http://127.0.0.1:1234", false)],
            HealthReports = [new HealthReportSnapshot("http_check", HealthStatus.Degraded, "slow", null)],
            Relationships = [new RelationshipSnapshot("db", "Reference")],
        });

        var resource = await FindAsync("full-abcdefgh");

        Assert.Equal(("Project", "full", "full-abcdefgh", "Running"), (resource.Text(2), resource.Text(3), resource.Text(4), resource.Text(5)));
        Assert.Equal(1767323045, resource.Message(6).Number(1));
        Assert.Equal(1767323046, resource.Message(18).Number(1));
        Assert.False(resource.Has(19));
        Assert.Equal("success", resource.Text(14));
        Assert.Equal(("MODE", "test", 1), (resource.Message(7).Text(1), resource.Message(7).Text(2), resource.Message(7).Number(3)));
        var properties = resource.Messages(12).ToDictionary(property => property.Text(1)!, property => property.Message(3));
        Assert.Equal("/a/b.csproj", properties["project.path"].Text(3));
        Assert.Equal(42, properties["executable.pid"].Double(2));
        Assert.Equal(["-v", "x"], properties["executable.args"].Message(6).Messages(1).Select(item => item.Text(3)));
        Assert.True(properties["nothing"].Has(1));
        var url = resource.Message(13);
        Assert.Equal(("http", "http://127.0.0.1:1234"), (url.Text(1), url.Text(2)));
        Assert.True(url.Has(5), "without display properties the page loads for ever");
        Assert.Equal((2, "http_check", "slow"), (resource.Message(17).Number(1), resource.Message(17).Text(2), resource.Message(17).Text(3)));
        Assert.Equal(("db", "Reference"), (resource.Message(20).Text(1), resource.Message(20).Text(2)));
    }

    [Fact]
    public async Task WatchResources_ResourceChanges_SendsTheNewState()
    {
        var thing = new ResourceServiceFixture.Thing("changing");
        await fixture.Notifications.PublishUpdateAsync(thing, now => now with { State = "Starting" });
        using var answer = await probe.CallAsync("WatchResources", [], ct: Ct);
        await UntilAsync(answer, resource => resource.Text(1) == "changing" && resource.Text(5) == "Starting");
        await fixture.Notifications.PublishUpdateAsync(thing, now => now with { State = "Exited", ExitCode = 3 });
        var resource = await UntilAsync(answer, resource => resource.Text(1) == "changing" && resource.Text(5) == "Exited");
        Assert.Equal(3, resource.Messages(12).Single(property => property.Text(1) == "resource.exitCode").Message(3).Double(2));
    }

    [Fact]
    public async Task WatchResources_Hidden_IsDeleted()
    {
        await fixture.Notifications.PublishUpdateAsync(new ResourceServiceFixture.Thing("hidden"), now => now with { IsHidden = true });
        using var answer = await probe.CallAsync("WatchResources", [], ct: Ct);
        while (true)
        {
            var message = await answer.NextAsync(Ct);
            if (message!.Has(2) && message.Message(2).Messages(1).FirstOrDefault(change => change.Has(1)) is { } deleted)
            {
                Assert.Equal("hidden", deleted.Message(1).Text(1));
                return;
            }
        }
    }

    [Fact]
    public async Task WatchResources_Secrets_NeverLeave()
    {
        const string secret = ResourceServiceFixture.Secret;
        await fixture.Notifications.PublishUpdateAsync(new ResourceServiceFixture.Thing("secretive"), now => now with
        {
            Properties = [new("Value", secret) { IsSensitive = true }, new("executable.args", new[] { $"--password={secret}" })],
            EnvironmentVariables = [new("ConnectionStrings__db", $"Host=x;Password={secret};Port=1", true), new("GITHUB_TOKEN", "undeclared", true)],
            Urls = [new UrlSnapshot("http", $"http://user:{secret}@127.0.0.1:1", false)],
            HealthReports = [new HealthReportSnapshot("check", HealthStatus.Unhealthy, $"no {secret}", $"really no {secret}")],
        });

        var resource = await FindAsync("secretive");

        Assert.Equal("Host=x;Password=●●●●●●;Port=1", resource.Messages(7)[0].Text(2));
        Assert.Equal("●●●●●●", resource.Messages(7)[1].Text(2));
        var value = resource.Messages(12).Single(property => property.Text(1) == "Value");
        Assert.Equal(("●●●●●●", 1), (value.Message(3).Text(3), value.Number(4)));
        Assert.Equal("no ●●●●●●", resource.Message(17).Text(3));
        Assert.Equal("http://user:●●●●●●@127.0.0.1:1", resource.Message(13).Text(2));
    }

    [Fact]
    public async Task WatchResources_ManyLargeResources_StaysBelowWhatAClientTakes()
    {
        var large = new string('x', 100_000);
        for (var i = 0; i < 400; i++)
        {
            await fixture.Notifications.PublishUpdateAsync(
                new ResourceServiceFixture.Thing($"large{i}"), now => now with { EnvironmentVariables = [new("A", large, true), new("B", large, true)] });
        }

        using var answer = await probe.CallAsync("WatchResources", [], ct: Ct);
        for (var seen = new HashSet<string>(); seen.Count < 400;)
        {
            var message = (await answer.NextAsync(Ct))!;
            Assert.InRange(message.Size, 0, GrpcCall.MaximumMessage - 1);
            if (message.Has(2))
                seen.UnionWith(message.Message(2).Messages(1).Where(c => c.Has(2)).Select(c => c.Message(2).Text(1)!).Where(n => n.StartsWith("large", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task ConsoleLogs_LinesBeforeAndAfter_AllArriveInOrderWithoutSecrets()
    {
        var thing = await PublishAsync("talking");
        fixture.Logs.Write("talking", "first", isError: false);
        using var answer = await probe.CallAsync("WatchResourceConsoleLogs", Request("talking"), ct: Ct);
        fixture.Logs.Write("talking", $"second {ResourceServiceFixture.Secret}", isError: true);
        fixture.Logs.GetLogger(thing).LogInformation("third");

        var lines = new List<WireMessage>();
        while (lines.Count < 3)
            lines.AddRange((await answer.NextAsync(Ct))!.Messages(1));

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z first$", lines[0].Text(1));
        Assert.EndsWith("second ●●●●●●", lines[1].Text(1), StringComparison.Ordinal);
        Assert.Equal([0, 1, 0], lines.Select(line => line.Number(2)));
        Assert.Equal([1, 2, 3], lines.Select(line => line.Number(3)));
    }

    [Fact]
    public async Task ConsoleLogs_FollowSuppressed_EndsAfterTheBacklog()
    {
        await PublishAsync("finished");
        fixture.Logs.Write("finished", "only", isError: false);
        using var answer = await probe.CallAsync("WatchResourceConsoleLogs", [.. Request("finished"), 2 << 3, 1], ct: Ct);
        Assert.EndsWith("only", (await answer.NextAsync(Ct))!.Message(1).Text(1), StringComparison.Ordinal);
        Assert.Equal((0, null), await answer.EndAsync(Ct));
    }

    [Fact]
    public async Task ConsoleLogs_UnknownResource_IsNotFound()
    {
        using var answer = await probe.CallAsync("WatchResourceConsoleLogs", Request("nobody"), ct: Ct);
        Assert.Equal((5, "There is no resource 'nobody'."), await answer.EndAsync(Ct));
    }

    [Theory]
    [InlineData("works", 1, null)]
    [InlineData("fails", 2, "it cannot")]
    [InlineData("cancels", 3, null)]
    [InlineData("unknown", 2, "Command 'unknown' not available for resource 'commanded'.")]
    public async Task ExecuteResourceCommand_Outcome_IsTold(string command, int kind, string? message)
    {
        var thing = new ResourceServiceFixture.Thing("commanded");
        thing.Annotations.Add(Command("works", CommandResults.Success()));
        thing.Annotations.Add(Command("fails", CommandResults.Failure("it cannot")));
        thing.Annotations.Add(Command("cancels", CommandResults.Canceled()));
        await fixture.Notifications.PublishUpdateAsync(thing, now => now);

        using var answer = await probe.CallAsync("ExecuteResourceCommand", [.. Request(command), .. Request("commanded", field: 2)], ct: Ct);
        var result = (await answer.NextAsync(Ct))!;
        Assert.Equal((kind, message), (result.Number(1), result.Text(3)));
    }

    [Fact]
    public async Task WatchInteractions_NothingToAsk_StaysOpen()
    {
        using var answer = await probe.CallAsync("WatchInteractions", [], ct: Ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.NextAsync(patience.Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("key-for-test")]
    [InlineData("key-for-tests2")]
    public async Task AnyCall_KeyMissingOrWrong_IsUnauthenticated(string? key)
    {
        using var stranger = new GrpcProbe(fixture.Url, key);
        using var answer = await stranger.CallAsync("WatchResources", [], ct: Ct);
        Assert.Equal(16, (await answer.EndAsync(Ct)).Status);
    }

    [Theory]
    [InlineData("NoSuchMethod", "0000000000", 12)]
    [InlineData("WatchResources", "0100000000", 12)]
    [InlineData("WatchResources", "00ffffffff", 8)]
    [InlineData("WatchResources", "00000000050a", 3)]
    [InlineData("WatchResources", "00000000010a", 3)]
    [InlineData("WatchResources", "0000000002ffff", 3)]
    [InlineData("WatchResources", "00000000010f", 3)]
    [InlineData("WatchResources", "", 3)]
    public async Task AnyCall_Malformed_IsRefusedWithAStatus(string method, string body, int status)
    {
        using var answer = await probe.SendAsync(method, Convert.FromHexString(body), Ct);
        Assert.Equal(status, (await answer.EndAsync(Ct)).Status);
    }

    [Fact]
    public async Task NoGrpc_Asked_Is415()
    {
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.GetAsync(fixture.Url, Ct);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    private static byte[] Request(string text, int field = 1) => [(byte)((field << 3) | 2), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static ResourceCommandAnnotation Command(string name, ExecuteCommandResult result) => new(
        name, name, _ => ResourceCommandState.Enabled, _ => Task.FromResult(result), null, null, null, null, null, false);

    private async Task<IResource> PublishAsync(string name)
    {
        var thing = new ResourceServiceFixture.Thing(name);
        await fixture.Notifications.PublishUpdateAsync(thing, now => now);
        return thing;
    }

    private async Task<WireMessage> FindAsync(string name)
    {
        using var answer = await probe.CallAsync("WatchResources", [], ct: Ct);
        return await UntilAsync(answer, resource => resource.Text(1) == name);
    }

    private static async Task<WireMessage> UntilAsync(GrpcProbe.Answer answer, Func<WireMessage, bool> wanted)
    {
        while (true)
        {
            var message = await answer.NextAsync(Ct);
            Assert.NotNull(message);
            var upserts = message.Has(2) ? message.Message(2).Messages(1).Where(change => change.Has(2)).Select(change => change.Message(2)) : [];
            if (upserts.FirstOrDefault(wanted) is { } found)
                return found;
        }
    }
}
