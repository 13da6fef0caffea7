using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using MyApp.Tests.Support;
using Npgsql;
using StackExchange.Redis;

namespace MyApp.Tests.ServiceDefaults;

public sealed class ClientTests
{
    [Fact]
    public void DataSource_ConnectionStringMissing_SaysWhichWhenFirstAskedFor()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddNpgsqlDataSource("orders-db");
        using var host = builder.Build();
        var error = Assert.Throws<InvalidOperationException>(host.Services.GetRequiredService<NpgsqlDataSource>);
        Assert.Contains("ConnectionStrings:orders-db", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DataSource_ConnectionStringAndSettings_AreUsed()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:db"] = "Host=a.example;Database=one";
        builder.AddNpgsqlDataSource("db", settings => settings.ConnectionString += ";Application Name=mine", source => source.ConnectionStringBuilder.Database = "two");
        using var host = builder.Build();
        Assert.Equal("Host=a.example;Database=two;Application Name=mine", host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString);
        Assert.NotNull(host.Services.GetService<NpgsqlConnection>());
    }

    [Fact]
    public void Redis_NoServer_IsNoError()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:redis"] = $"127.0.0.1:{FreePort.Find()},connectTimeout=200";
        builder.AddRedisClient("redis");
        using var host = builder.Build();
        Assert.False(host.Services.GetRequiredService<IConnectionMultiplexer>().IsConnected);
    }

    [Fact]
    public void Redis_ConnectionStringMissing_SaysWhichWhenFirstAskedFor()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddRedisClient("live-state");
        using var host = builder.Build();
        var error = Assert.Throws<InvalidOperationException>(host.Services.GetRequiredService<IConnectionMultiplexer>);
        Assert.Contains("ConnectionStrings:live-state", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", "json")]
    [InlineData("Development", null)]
    public void Logs_PerEnvironment_AreJsonOutsideDevelopment(string environment, string? formatter)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.AddServiceDefaults();
        using var host = builder.Build();
        Assert.Equal(formatter, host.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
    }
}
