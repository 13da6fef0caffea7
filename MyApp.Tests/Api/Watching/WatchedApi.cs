using System.Globalization;
using System.Net.Http.Json;

namespace MyApp.Tests.Api.Watching;

/// <summary>The config server: a change is a commit in PostgreSQL, watchers read server-sent events.</summary>
internal sealed class WatchedApi(ServedApi api) : WatchedServer
{
    private readonly HttpClient client = new() { BaseAddress = new(api.Address) };

    public override string Name => "**myapp**, server-sent events";

    protected override ReadOnlyMemory<byte> Marker { get; } = "id: "u8.ToArray();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        client.Dispose();
    }

    protected override async Task<Stream> OpenAsync(CancellationToken ct) => await client.GetStreamAsync("/api/v1/configs/orders/watch?environment=prod", ct);

    protected override async Task ChangeAsync(int number, CancellationToken ct)
    {
        var change = new { environment = "prod", set = new { replicas = number.ToString(CultureInfo.InvariantCulture) }, requestedBy = "bench" };
        using var answer = await client.PostAsJsonAsync("/api/v1/configs/orders", change, ct);
        answer.EnsureSuccessStatusCode();
    }
}
