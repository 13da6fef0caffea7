using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace MyApp.Guard.Forwarding;

/// <summary>
/// Listens on a service's port and passes connections on to its ready instances. While none is ready, connections wait a few seconds,
/// so that a restart is a pause and not an error.
/// </summary>
internal sealed class PortForward : IDisposable
{
    private const int Backlog = 512;
    private const int BufferSize = 32 * 1024;
    private const int MaxWaiting = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stop = new();
    private readonly ServiceTraffic traffic;
    private readonly TimeProvider clock;
    private readonly string portName;
    private int waiting;

    /// <exception cref="SocketException">The port is taken, or not ours to take.</exception>
    public PortForward(IPEndPoint address, string portName, ServiceTraffic traffic, TimeProvider clock)
    {
        (this.portName, this.traffic, this.clock) = (portName, traffic, clock);
        Address = address.Address;
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }

        _ = Task.Run(AcceptAsync);
    }

    public IPAddress Address { get; }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(stop.Token);
                _ = ServeAsync(client);
            }
            catch (SocketException)
            {
                // The client was gone before it was accepted, or descriptors are short: the next may do better.
                await Task.Delay(Retry, clock, CancellationToken.None);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                if (await ConnectAsync() is not var (backend, server))
                    return;
                using (server)
                    await JoinAsync(client, server);
                backend.Leave();
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The forward is being closed, or the client reset its connection while it waited.
            }
        }
    }

    private async Task<(Backend Backend, Socket Server)?> ConnectAsync()
    {
        if (Interlocked.Increment(ref waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref waiting);
            return null;
        }

        try
        {
            for (var begin = clock.GetTimestamp(); clock.GetElapsedTime(begin) < Patience && !traffic.IsStopped;)
            {
                var changed = traffic.Changed;
                if (traffic.Enter(portName) is not { } backend)
                    await Task.WhenAny(changed, Task.Delay(Patience - clock.GetElapsedTime(begin), clock, stop.Token));
                else if (await TryConnectAsync(backend) is { } server)
                    return (backend, server);
                else
                    await Task.Delay(Retry, clock, stop.Token);
                stop.Token.ThrowIfCancellationRequested();
            }

            return null;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    // Nothing has been sent yet, so a refusal costs the client nothing: another instance is asked.
    private async Task<Socket?> TryConnectAsync(Backend backend)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, backend.Ports[portName]), stop.Token);
            return server;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            server.Dispose();
            backend.Leave();
            return null;
        }
    }

    private static async Task JoinAsync(Socket client, Socket server) =>
        await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client));

    // An end of one direction is passed on as such, and the other goes on: half-closed connections work.
    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A reset ends both directions.
            from.Dispose();
            to.Dispose();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
