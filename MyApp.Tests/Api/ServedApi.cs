using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Persistence;

namespace MyApp.Tests.Api;

/// <summary>The real api on a port of its own, for clients that bring their own connection.</summary>
internal sealed class ServedApi : IAsyncDisposable
{
    private readonly ApiHost host;

    private ServedApi(ApiHost host) => this.host = host;

    public string Address => host.ClientOptions.BaseAddress.ToString();

    public static async Task<ServedApi> StartAsync(string database, params (string Key, string? Value)[] more)
    {
        var host = new ApiHost(database, more: more);
        host.UseKestrel(0);
        host.StartServer();
        await host.Services.GetRequiredService<DatabaseGate>().OpenedAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
