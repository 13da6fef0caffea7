using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyApp.Api.Persistence;
using MyApp.Api.Rollouts;

namespace MyApp.Tests.Api;

/// <summary>One replica of the api in this process, on real PostgreSQL, with a data folder of its own and rollouts run by <see cref="Run"/>.</summary>
// The entry point is named by any type of its assembly: several assemblies have a Program.
internal sealed class ApiHost : WebApplicationFactory<DatabaseGate>
{
    private readonly Dictionary<string, string?> settings;
    private readonly bool ownsData;

    public ApiHost(string database, string? data = null, string? redis = null, params (string Key, string? Value)[] more)
    {
        ownsData = data is null;
        Data = data ?? Directory.CreateTempSubdirectory("myapp-api-").FullName;
        settings = new()
        {
            ["ConnectionStrings:myapp"] = database,
            ["ConnectionStrings:redis"] = redis,
            ["MYAPP_DATA"] = Data,
            ["Worker:Lease"] = "00:00:02",
            ["Worker:Poll"] = "00:00:00.100",
        };
        foreach (var (key, value) in more)
            settings[key] = value;
    }

    public string Data { get; }

    /// <summary>Stands in for building and deploying; until set, rollouts stay where they are. Null: the real one.</summary>
    public RunRollout? Run { get; set; } = static (_, _, ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

    /// <summary>A client, once the schema is there.</summary>
    public async Task<HttpClient> ReadyClientAsync()
    {
        // The default one keeps a copy of every body for redirects, also of one of two gigabytes.
        var client = CreateDefaultClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Services.GetRequiredService<DatabaseGate>().OpenedAsync(patience.Token);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        // UseSetting and not ConfigureAppConfiguration: the entry point reads some of it before the host is built.
        foreach (var (key, value) in settings)
            builder.UseSetting(key, value);
        if (Run is not null)
            builder.ConfigureTestServices(services => services.AddSingleton<RunRollout>((rollout, store, ct) => Run!(rollout, store, ct)));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && ownsData && Directory.Exists(Data))
            Directory.Delete(Data, recursive: true);
    }
}
