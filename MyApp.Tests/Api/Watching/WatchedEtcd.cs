using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api.Watching;

/// <summary>etcd, by its JSON gateway: https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/.</summary>
internal sealed class WatchedEtcd : WatchedServer
{
    private const string Program = "/usr/bin/etcd";
    private static readonly string Key = Convert.ToBase64String("orders"u8);
    private readonly TemporaryFolder folder = new();
    private readonly ToolProcess server;
    private readonly HttpClient client;

    private WatchedEtcd(int port, int peers)
    {
        var (clients, members) = ($"http://127.0.0.1:{port}", $"http://127.0.0.1:{peers}");
        server = ToolProcess.Start(
            Program,
            [
                "--data-dir", folder.Path, "--listen-client-urls", clients, "--advertise-client-urls", clients, "--listen-peer-urls", members,
                "--initial-advertise-peer-urls", members, "--initial-cluster", $"default={members}", "--log-level", "error",
            ]);
        client = new HttpClient { BaseAddress = new(clients) };
    }

    public static string? Missing { get; } = File.Exists(Program) ? null : "needs etcd";

    public override string Name => "etcd, by its JSON gateway";

    // Of the key's own: 1 when it is made.
    protected override ReadOnlyMemory<byte> Marker { get; } = "\"version\":\""u8.ToArray();

    public static async Task<WatchedEtcd> StartAsync(CancellationToken ct)
    {
        var etcd = new WatchedEtcd(FreePort.Find(), FreePort.Find());
        await Eventually.TrueAsync(() => etcd.IsUpAsync(ct), $"etcd answers: {() => etcd.server.Output}", TimeSpan.FromSeconds(30), ct);
        return etcd;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        client.Dispose();
        await server.DisposeAsync();
        folder.Dispose();
    }

    protected override async Task<Stream> OpenAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/watch") { Content = JsonContent.Create(new { create_request = new { key = Key } }) };
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(ct);
    }

    protected override async Task ChangeAsync(int number, CancellationToken ct)
    {
        using var answer = await client.PostAsJsonAsync("/v3/kv/put", new { key = Key, value = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{number}")) }, ct);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<bool> IsUpAsync(CancellationToken ct)
    {
        try
        {
            return (await client.GetFromJsonAsync<JsonElement>("/health", ct)).GetProperty("health").GetString() == "true";
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return false;
        }
    }
}
