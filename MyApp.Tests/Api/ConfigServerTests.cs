using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Configs;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Secrets;
using MyApp.Tests.Deployment.Secrets;
using MyApp.Tests.Support;
using Npgsql;

namespace MyApp.Tests.Api;

public sealed class ConfigServerTests(PostgresFixture postgres)
{
    private const string Planted = "pl4nted/Secret+Value=?";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Change_OfSeveralKeys_IsOneVersionOrNone()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();

        var first = await ChangeAsync(client, new() { ["replicas"] = "3", ["run.env.MODE"] = "release" }, []);
        Assert.Equal((1, 2), ((int)first.Version, first.Values.Count));
        using var refused = await PostAsync(client, "/api/v1/configs/orders", new { environment = "prod", set = new { replicas = "4", replcas = "5" }, requestedBy = "ada" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("unknown key 'replcas'; did you mean 'replicas'?", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

        var now = await ReadAsync(client, "");
        Assert.Equal(("3", 1), (now.Values[0].Value, (int)now.Version));
    }

    [Fact]
    public async Task Change_WithAValueThatNoSpecCanHold_IsRefusedWithWhatToWriteAndSetsNothing()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();

        using var refused = await PostAsync(client, "/api/v1/configs/orders", new { environment = "prod", set = new { port = "8080", replicas = "lots" }, requestedBy = "ada" });

        var problem = await refused.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["replicas: 'lots' is not a value for replicas; write a whole number from 1 to 1000"], problem.Problems);
        Assert.Equal((0, 0), ((int)(await ReadAsync(client, "")).Version, (await ReadAsync(client, "")).Values.Count));
        var taken = await ChangeAsync(client, new() { ["run.env.DB"] = "${secret:DB}", ["health.readiness.port"] = "admin" }, []);
        Assert.Equal(2, taken.Values.Count);
    }

    [Fact]
    public async Task Change_BesideAnOlderValueThatNoSpecCanHold_IsTakenAndOnlyARollbackThatBringsItBackIsRefused()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        await KeepUncheckedAsync(api, "replicas", "lots");

        Assert.Equal(2, (await ChangeAsync(client, new() { ["run.user"] = "orders" }, [])).Version);
        using var still = await PostAsync(client, "/api/v1/configs/orders/rollback", new { environment = "prod", to = 1, requestedBy = "bob" });
        still.EnsureSuccessStatusCode();
        Assert.Equal(4, (await ChangeAsync(client, new() { ["replicas"] = "3" }, [])).Version);
        using var back = await PostAsync(client, "/api/v1/configs/orders/rollback", new { environment = "prod", to = 1, requestedBy = "bob" });

        var problem = await back.ProblemAsync(HttpStatusCode.UnprocessableEntity, "unusable-version");
        Assert.Equal(["replicas: 'lots' is not a value for replicas; write a whole number from 1 to 1000"], problem.Problems);
        var now = await ReadAsync(client, "");
        Assert.Equal((4, "3"), ((int)now.Version, Assert.Single(now.Values).Value));
    }

    [Fact]
    public async Task Change_OfKeysWithTheSameProblem_IsToldOnce()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();

        using var refused = await PostAsync(client, "/api/v1/configs/orders", new { environment = "prod", unset = new[] { new string('a', 300), new string('b', 300) }, requestedBy = "ada" });

        var problem = await refused.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(problem.Detail, Assert.Single(problem.Problems!));
    }

    [Fact]
    public async Task Change_MadeOfAnOldVersion_IsAConflict()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        await ChangeAsync(client, new() { ["replicas"] = "3" }, []);

        using var late = await PostAsync(client, "/api/v1/configs/orders", new { environment = "prod", set = new { replicas = "4" }, ifVersion = 0, requestedBy = "ada" });

        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task Rollback_ToAnEarlierVersion_MakesItsValuesANewVersion()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        await ChangeAsync(client, new() { ["replicas"] = "3", ["run.user"] = "orders" }, []);
        await ChangeAsync(client, new() { ["replicas"] = "4", ["target"] = "guard" }, ["run.user"]);

        using var answer = await PostAsync(client, "/api/v1/configs/orders/rollback", new { environment = "prod", to = 1, requestedBy = "bob" });
        answer.EnsureSuccessStatusCode();

        var now = await ReadAsync(client, "");
        Assert.Equal([("replicas", "3"), ("run.user", "orders")], now.Values.Select(value => (value.Key, value.Value)));
        Assert.Equal(3, now.Version);
        Assert.Equal("4", (await ReadAsync(client, "&version=2")).Values[0].Value);
        var history = await client.GetFromJsonAsync("/api/v1/configs/orders/history?environment=prod", WireJson.Default.ConfigHistory, Ct);
        Assert.Equal(["-target", "replicas", "run.user"], history!.Changes[0].Keys);
        Assert.Equal(("bob", "back to version 1"), (history.Changes[0].By, history.Changes[0].Message));
    }

    [Fact]
    public async Task Read_WithTheTagItHas_WaitsForTheNextChange()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        await ChangeAsync(client, new() { ["replicas"] = "3" }, []);

        using var same = await GetAsync(client, "\"v1\"", wait: 0);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        var waiting = GetAsync(client, "\"v1\"", wait: 30);
        await ChangeAsync(client, new() { ["replicas"] = "4" }, []);
        using var changed = await waiting;

        Assert.Equal("\"v2\"", changed.Headers.ETag!.Tag);
        Assert.Equal("4", (await changed.Content.ReadFromJsonAsync(WireJson.Default.ConfigView, Ct))!.Values[0].Value);
    }

    [Fact]
    public async Task Watch_ManyWatchers_EachGetsEveryChange()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var watchers = Enumerable.Range(0, 50).Select(_ => WatchAsync(client, until: 2)).ToList();
        await ChangeAsync(client, new() { ["replicas"] = "3" }, []);
        await ChangeAsync(client, new() { ["replicas"] = "4" }, []);

        Assert.All(await Task.WhenAll(watchers), last => Assert.Equal("4", last));
    }

    [Fact]
    public async Task Spring_AClientsRequests_AreAnsweredInItsProtocol()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        await ChangeAsync(client, new() { ["app.greeting"] = "hällo: =you", ["replicas"] = "3" }, []);
        using (var shared = await PostAsync(client, "/api/v1/configs/application", new { environment = "prod", set = new Dictionary<string, string> { ["app.greeting"] = "all", ["app.region"] = "eu" }, requestedBy = "ada" }))
            shared.EnsureSuccessStatusCode();

        // What ConfigServicePropertySourceLocator of spring-cloud-config-client sends.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/config/orders/prod/main") { Headers = { { "Accept", "application/vnd.spring-cloud.config-server.v2+json, application/json" } } };
        using var answer = await client.SendAsync(request, Ct);
        using var environment = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));

        Assert.Equal("orders", environment.RootElement.GetProperty("name").GetString());
        Assert.Equal(["prod"], environment.RootElement.GetProperty("profiles").EnumerateArray().Select(each => each.GetString()));
        var sources = environment.RootElement.GetProperty("propertySources").EnumerateArray().ToList();
        Assert.Equal(["myapp:orders/prod", "myapp:application/prod"], sources.Select(source => source.GetProperty("name").GetString()));
        Assert.Equal("{\"greeting\":\"h\\u00E4llo: =you\"}", sources[0].GetProperty("source").GetRawText());
        Assert.Equal("greeting: h\\u00E4llo\\: \\=you\nregion: eu\n", await client.GetStringAsync("/config/orders-prod.properties", Ct));
        Assert.Equal("\"greeting\": \"hällo: =you\"\n\"region\": \"eu\"\n", await client.GetStringAsync("/config/orders-prod.yml", Ct));
        using var unknown = await client.GetAsync("/config/orders/prod/feature", Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task ForSpec_ReadsTheServicesValuesOverThoseOfAll()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using (var shared = await PostAsync(client, "/api/v1/configs/application", new { environment = "prod", set = new { replicas = "2" }, requestedBy = "ada" }))
            shared.EnsureSuccessStatusCode();
        await ChangeAsync(client, new() { ["replicas"] = "3" }, []);

        var values = await api.Services.GetRequiredService<ConfigStore>().ForSpecAsync("orders", "prod", Ct);

        Assert.Equal(["2", "3"], values.Select(value => value.Value));
    }

    [Fact]
    public async Task Secrets_GoInAndNeverComeOut()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = new ApiHost(database);
        using var client = await api.ReadyClientAsync();
        using var set = await PostAsync(client, "/api/v1/secrets", new { name = "DB", environment = "prod", value = Planted, requestedBy = "ada" });
        set.EnsureSuccessStatusCode();
        using var wrong = await PostAsync(client, "/api/v1/secrets", new { name = "no name", environment = "prod", value = Planted, requestedBy = "ada" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        var vault = api.Services.GetRequiredService<SecretVault>();
        Assert.Equal(Planted, (await vault.OpenAsync(new("DB", 1, OfService: false), "orders", "prod", "orders-prod-1", Ct)).Reveal());
        var told = string.Concat(
            await set.Content.ReadAsStringAsync(Ct), await wrong.Content.ReadAsStringAsync(Ct), await client.GetStringAsync("/api/v1/secrets", Ct), await client.GetStringAsync("/api/v1/secrets/audit", Ct), await DumpAsync(database));
        Assert.Contains("orders-prod-1", told, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretVaultTests.Forms(Planted), form => told.Contains(form, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_SetAtOnceByMany_GetAVersionEach()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostAsync(client, "/api/v1/secrets", new { name = "DB", environment = "prod", value = $"v{i}", requestedBy = "ada" })));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var versions = await api.Services.GetRequiredService<SecretVault>().ListAsync("prod", Ct);
        Assert.Equal(Enumerable.Range(1, 8), versions.Select(version => version.Version));
    }

    // As a program before this one may have.
    private static async Task KeepUncheckedAsync(ApiHost api, string key, string value)
    {
        await using var db = await api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContextAsync(Ct);
        db.ConfigChanges.Add(new() { Service = "orders", Environment = "prod", Version = 1, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "ada" });
        db.ConfigValues.Add(new() { Service = "orders", Environment = "prod", Key = key, Version = 1, Value = value });
        await db.SaveChangesAsync(Ct);
    }

    private static async Task<string> DumpAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select coalesce(string_agg(s::text, ' '), '') || (select coalesce(string_agg(e::text, ' '), '') from secret_events e) from secrets s");
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static async Task<ConfigView> ChangeAsync(HttpClient client, Dictionary<string, string> set, IReadOnlyList<string> unset)
    {
        using var answer = await PostAsync(client, "/api/v1/configs/orders", new { environment = "prod", set, unset, requestedBy = "ada" });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.ConfigView, Ct))!;
    }

    private static async Task<ConfigView> ReadAsync(HttpClient client, string more) =>
        (await client.GetFromJsonAsync($"/api/v1/configs/orders?environment=prod{more}", WireJson.Default.ConfigView, Ct))!;

    private static Task<HttpResponseMessage> PostAsync<T>(HttpClient client, string path, T body) => client.PostAsJsonAsync(path, body, Ct);

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string tag, int wait)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/configs/orders?environment=prod&wait={wait}");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await client.SendAsync(request, Ct);
    }

    private static async Task<string> WatchAsync(HttpClient client, long until)
    {
        using var answer = await client.GetAsync("/api/v1/configs/orders/watch?environment=prod", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var body = await answer.Content.ReadAsStreamAsync(Ct);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(Ct))
        {
            var view = JsonSerializer.Deserialize(item.Data, WireJson.Default.ConfigView)!;
            if (view.Version == until)
                return view.Values[0].Value;
        }

        throw new InvalidOperationException("the stream ended");
    }
}
