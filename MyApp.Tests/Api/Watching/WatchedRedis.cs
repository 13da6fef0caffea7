using System.Net;
using System.Net.Sockets;
using System.Text;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api.Watching;

/// <summary>The floor: a message that Redis writes to each subscriber, and keeps nowhere.</summary>
internal sealed class WatchedRedis : WatchedServer
{
    private const string Channel = "orders";
    private readonly RedisServer server = new();
    private Stream? changes;

    public override string Name => "Redis PUBLISH, the floor";

    protected override ReadOnlyMemory<byte> Marker { get; } = "change "u8.ToArray();

    public static async Task<WatchedRedis> StartAsync(CancellationToken ct)
    {
        var redis = new WatchedRedis();
        redis.server.Start();
        await Eventually.TrueAsync(() => redis.IsUpAsync(ct), "Redis answers", TimeSpan.FromSeconds(30), ct);
        return redis;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (changes is not null)
            await changes.DisposeAsync();
        await server.DisposeAsync();
    }

    protected override async Task<Stream> OpenAsync(CancellationToken ct)
    {
        var stream = await ConnectAsync(ct);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"SUBSCRIBE {Channel}\r\n"), ct);
        return stream;
    }

    protected override async Task ChangeAsync(int number, CancellationToken ct)
    {
        await changes!.WriteAsync(Encoding.UTF8.GetBytes($"PUBLISH {Channel} \"change {number} \"\r\n"), ct);
        Assert.NotEqual(0, await changes.ReadAsync(new byte[64], ct));
    }

    private async Task<bool> IsUpAsync(CancellationToken ct)
    {
        try
        {
            changes = await ConnectAsync(ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
