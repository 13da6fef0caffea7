using System.Net;
using System.Net.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>
/// A service with a forwarded port whose instances only sleep: the test itself listens where the guard believes them to listen, and so has
/// both ends of a connection in its hands.
/// </summary>
internal sealed class ForwardedService : IDisposable
{
    private readonly List<TcpListener> listeners = [];

    // Held: a socket that nobody holds is reset by the garbage collector.
    private readonly List<Socket> joined = [];

    private ForwardedService(GuardProcess guard, Unit unit) => (Guard, Unit) = (guard, unit);

    public GuardProcess Guard { get; }

    public Unit Unit { get; }

    public int Port => Unit.Ports[0].Port;

    /// <summary>In the order of the replicas.</summary>
    public IReadOnlyList<TcpListener> Instances => listeners;

    public static async Task<ForwardedService> StartAsync(GuardProcess guard, CancellationToken ct, int replicas = 1, bool listen = true)
    {
        var unit = TestService.Unit(guard.Script("sleep", "exec sleep 1000")) with
        {
            Ports = [new UnitPort("http", FreePort.Find())],
            Socket = SocketMode.Forward,
            Replicas = replicas,
            Stop = new StopRule { Grace = TimeSpan.FromSeconds(1), Drain = TimeSpan.FromSeconds(10) },
        };
        var service = new ForwardedService(guard, unit);
        await guard.Client.ApplyAsync(unit, ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, ct);
        await Eventually.TrueAsync(async () => (await service.StatusAsync(ct)).All(i => i.Ready), "all are ready", TestService.Patience, ct);
        if (listen)
        {
            foreach (var instance in await service.StatusAsync(ct))
                service.Listen(instance.Ports["http"]);
        }

        return service;
    }

    public async Task<IReadOnlyList<InstanceStatus>> StatusAsync(CancellationToken ct) =>
        (await Guard.Client.StatusAsync(Unit.Service, Unit.Environment, ct)).Units.Single().Instances;

    public TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(4096);
        listeners.Add(listener);
        return listener;
    }

    public async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, Port, ct);
        return client;
    }

    /// <summary>Both ends of one new connection.</summary>
    public async Task<(Socket Client, Socket Server)> JoinAsync(CancellationToken ct)
    {
        var client = await ConnectAsync(ct);
        var server = await listeners[0].AcceptSocketAsync(ct).AsTask().WaitAsync(TestService.Patience, ct);
        joined.AddRange([client, server]);
        return (client, server);
    }

    public void Dispose()
    {
        listeners.ForEach(l => l.Dispose());
        joined.ForEach(s => s.Dispose());
    }
}
