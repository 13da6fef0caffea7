using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MyApp.Tests.Support;

namespace MyApp.Tests.ServiceDefaults;

public sealed class HealthTests
{
    private static readonly string NobodyListens = $"127.0.0.1:{FreePort.Find()}";

    private static Dictionary<string, string?> DeadServers => new()
    {
        ["ConnectionStrings:db"] = $"Host=127.0.0.1;Port={NobodyListens.Split(':')[1]};Username=someone;Password=hunter2",
        ["ConnectionStrings:redis"] = $"{NobodyListens},password=hunter3,connectTimeout=200",
    };

    [Fact]
    public async Task Health_NothingRegistered_IsHealthyAndNamesItself()
    {
        await using var app = await DefaultsApp.StartAsync();
        var (status, body) = await GetAsync(app, "/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Healthy", body.GetProperty("status").GetString());
        Assert.Equal("Healthy", body.GetProperty("checks").GetProperty("self").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Health_PostgresqlDown_Is503AndKeepsItsSecrets()
    {
        await using var app = await DefaultsApp.StartAsync(builder => builder.AddNpgsqlDataSource("db"), settings: DeadServers);
        var (status, body) = await GetAsync(app, "/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("Unhealthy", body.GetProperty("checks").GetProperty("PostgreSql").GetProperty("status").GetString());
        Assert.Equal("NpgsqlException", body.GetProperty("checks").GetProperty("PostgreSql").GetProperty("description").GetString());
        Assert.DoesNotContain("hunter2", body.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("someone", body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_RedisDown_IsDegradedAndStill200()
    {
        await using var app = await DefaultsApp.StartAsync(builder => builder.AddRedisClient("redis"), settings: DeadServers);
        var (status, body) = await GetAsync(app, "/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Degraded", body.GetProperty("status").GetString());
        Assert.Equal("Degraded", body.GetProperty("checks").GetProperty("StackExchange.Redis").GetProperty("status").GetString());
        Assert.DoesNotContain("hunter3", body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_AdvisoryCheckFails_StaysHealthyWithoutIt()
    {
        await using var app = await DefaultsApp.StartAsync(
            builder => builder.Services.AddHealthChecks().AddCheck("guard", () => HealthCheckResult.Unhealthy("away"), ["advisory"]));
        var (status, body) = await GetAsync(app, "/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(body.GetProperty("checks").TryGetProperty("guard", out _));
    }

    [Fact]
    public async Task Health_CheckGivesAReason_ShowsIt()
    {
        await using var app = await DefaultsApp.StartAsync(
            builder => builder.Services.AddHealthChecks().AddCheck("disk", () => HealthCheckResult.Degraded("8 % free")));
        var (_, body) = await GetAsync(app, "/health");
        Assert.Equal("8 % free", body.GetProperty("checks").GetProperty("disk").GetProperty("description").GetString());
    }

    [Fact]
    public async Task Alive_PostgresqlDown_Is200()
    {
        await using var app = await DefaultsApp.StartAsync(builder => builder.AddNpgsqlDataSource("db"), settings: DeadServers);
        var (status, body) = await GetAsync(app, "/alive");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["self"], body.GetProperty("checks").EnumerateObject().Select(check => check.Name));
    }

    [Fact]
    public async Task Check_WithoutATimeout_GetsOneShorterThanAProbes()
    {
        await using var app = await DefaultsApp.StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddCheck("mine", () => HealthCheckResult.Healthy(), timeout: TimeSpan.FromSeconds(1));
            builder.Services.AddHealthChecks().AddCheck("none", () => HealthCheckResult.Healthy());
        });
        var checks = app.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.ToDictionary(check => check.Name);
        Assert.Equal(TimeSpan.FromSeconds(1), checks["mine"].Timeout);
        Assert.Equal(TimeSpan.FromSeconds(3), checks["none"].Timeout);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(DefaultsApp app, string path)
    {
        using var response = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(body).RootElement.Clone());
    }
}
