using System.Net.Sockets;
using MyApp.Guard.Fleet;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Control;

/// <summary>The unix socket clients talk to: 0600, and only for root and the guard's own user.</summary>
internal sealed class ControlSocket : IDisposable
{
    private const int Backlog = 64;
    private static readonly TimeSpan PausePatience = TimeSpan.FromSeconds(2);
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly RequestCount requests;
    private readonly SpareDescriptors spare = new();
    private readonly RequestHandler handler;
    private readonly GuardContext context;
    private CancellationTokenSource pause = new();
    private Task accepting;

    /// <param name="handedOver">The socket as it listens, from before an upgrade; null: a new one is made.</param>
    /// <remarks>The caller holds the lock of the data folder, so a socket file that is there belongs to no one.</remarks>
    public ControlSocket(RequestHandler handler, GuardContext context, int? handedOver)
    {
        (this.handler, this.context, requests) = (handler, context, new RequestCount(context.Clock));
        listener = handedOver is { } descriptor ? new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)) : Listen(context.Paths.SocketPath);
        accepting = Task.Run(AcceptAsync);
    }

    public int Descriptor => (int)listener.Handle;

    /// <summary>Takes no more clients (the kernel queues them), and completes when those there are have their answers, or some patience is over.</summary>
    public async Task PauseAsync()
    {
        await pause.CancelAsync();
        await accepting;
        await requests.WhenNoneAsync(PausePatience);
    }

    public void Resume()
    {
        pause = new CancellationTokenSource();
        accepting = Task.Run(AcceptAsync);
    }

    public void Dispose()
    {
        stop.Cancel();
        pause.Cancel();
        listener.Dispose();
        File.Delete(context.Paths.SocketPath);
    }

    private async Task AcceptAsync()
    {
        while (!pause.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(pause.Token);
                _ = ServeAsync(client);
            }
            catch (SocketException e)
            {
                spare.Release();
                context.Report($"a client could not be accepted: {e.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), context.Clock, CancellationToken.None);
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
            if (PeerUid(client) is not { } uid || (uid != 0 && uid != Libc.geteuid()))
                return;
            try
            {
                await new ControlConnection(client, handler, requests).RunAsync(stop.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the guard ends.
            }
#pragma warning disable CA1031 // the boundary of a request: a fault of ours ends this connection, not the guard
            catch (Exception e)
#pragma warning restore CA1031
            {
                context.Report($"a request failed: {e}");
            }
        }

        spare.Refill();
    }

    private static Socket Listen(string path)
    {
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // Its folder is 0700, so nobody gets in between bind and chmod.
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        return listener;
    }

    // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
    private static unsafe uint? PeerUid(Socket client)
    {
        var credentials = stackalloc uint[3];
        uint length = 3 * sizeof(uint);
        return Libc.getsockopt((int)client.Handle, SOL_SOCKET, SO_PEERCRED, credentials, &length) == 0 ? credentials[1] : null;
    }
}
