using System.Runtime.InteropServices;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>A port as one forwarder's thread sees it: it accepts, and finds an instance for each connection. Only that thread calls it.</summary>
internal sealed unsafe class ForwardedPort(int id, int listener, string portName, ServiceTraffic traffic, ForwardThread thread)
{
    private const int AcceptsInARow = 16;
    private const int MaxRefusals = 3;
    private const int RetryMilliseconds = 20;
    private const int PauseMilliseconds = 100;
    private readonly PendingConnections pending = new();
    private bool accepts;
    private long resumeAt;
    private long retryAt = long.MaxValue;

    public int Id => id;

    public ServiceTraffic Traffic => traffic;

    public void Open() => Resume();

    /// <summary>Connections that an instance has taken stay; those that wait are closed.</summary>
    public void Close()
    {
        Pause(long.MaxValue);
        while (pending.First is { } connection)
            thread.Close(connection);
    }

    /// <summary>Accepts no more until <see cref="GoOn"/>: the kernel's queue holds the clients.</summary>
    public void Hold() => Pause(long.MaxValue);

    public void GoOn() => Resume();

    public void Accept()
    {
        for (var i = 0; i < AcceptsInARow && accepts; i++)
        {
            if (thread.IsFull)
            {
                Pause(Environment.TickCount64 + PauseMilliseconds);
                return;
            }

            var client = Libc.accept4(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (client >= 0)
                Take(client);
            else if (Marshal.GetLastPInvokeError() is var errno && errno == EAGAIN)
                return;
            else if (errno is not (EINTR or ECONNABORTED))
                // Descriptors or memory are short: until there are some the kernel's queue holds the clients.
                Pause(Environment.TickCount64 + PauseMilliseconds);
        }
    }

    /// <summary>Other instances may be ready, or the service was stopped.</summary>
    public void Reconsider()
    {
        retryAt = long.MaxValue;
        for (var connection = pending.First; connection is not null;)
        {
            // Before it may be closed, and used for another.
            var next = connection.Next;
            if (connection.Stage == ConnectionStage.Waiting)
            {
                traffic.EndWait();
                FindInstance(connection);
            }

            connection = next;
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When to come again.</returns>
    public long Due(long now)
    {
        if (!accepts && now >= resumeAt)
            Resume();
        if (now >= retryAt)
            Reconsider();
        while (pending.First is { } oldest && now >= oldest.Deadline)
            thread.Close(oldest);
        return Math.Min(Math.Min(retryAt, accepts ? long.MaxValue : resumeAt), pending.First?.Deadline ?? long.MaxValue);
    }

    /// <summary>The try to connect to an instance has an outcome.</summary>
    public void Connected(ForwardedConnection connection)
    {
        if (SocketOption.Get(connection.Server.Fd, SOL_SOCKET, SO_ERROR) != 0)
        {
            Refused(connection);
            FindInstance(connection);
            return;
        }

        connection.Stage = ConnectionStage.Joined;
        pending.Remove(connection);
    }

    /// <summary>The connection is about to be closed.</summary>
    public void Forget(ForwardedConnection connection)
    {
        if (connection.Stage == ConnectionStage.Waiting)
            traffic.EndWait();
        if (connection.Stage is ConnectionStage.Waiting or ConnectionStage.Connecting)
            pending.Remove(connection);
    }

    private void Take(int client)
    {
        traffic.Join();
        var connection = thread.Begin(client, this, Environment.TickCount64 + (long)traffic.Patience.TotalMilliseconds);
        thread.ComeAgain(connection.Deadline);
        pending.Add(connection);
        connection.Stage = ConnectionStage.Connecting;
        if (thread.Watch(connection, connection.Client))
            FindInstance(connection);
        else
            thread.Close(connection);
    }

    // Nothing has been sent yet, so a refusal costs the client nothing: another instance is asked.
    private void FindInstance(ForwardedConnection connection)
    {
        connection.Stage = ConnectionStage.Connecting;
        while (connection.Refusals < MaxRefusals && !traffic.IsStopped && traffic.Enter(portName) is { } backend)
        {
            connection.Backend = backend;
            if (TryConnect(connection, backend.Ports[portName]))
                return;
            Refused(connection);
        }

        Wait(connection);
    }

    private void Wait(ForwardedConnection connection)
    {
        if (traffic.IsStopped || !traffic.TryWait())
        {
            thread.Close(connection);
            return;
        }

        connection.Stage = ConnectionStage.Waiting;
        if (connection.Refusals > 0)
            thread.ComeAgain(retryAt = Math.Min(retryAt, Environment.TickCount64 + RetryMilliseconds));
        else
            traffic.Want();
        connection.Refusals = 0;
    }

    private bool TryConnect(ForwardedConnection connection, int port)
    {
        var server = Libc.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (server < 0)
        {
            connection.Refusals = MaxRefusals;
            Pause(Environment.TickCount64 + PauseMilliseconds);
            return false;
        }

        connection.Server.Begin(server);
        SocketOption.Set(server, IPPROTO_TCP, TCP_NODELAY, 1);
        var address = SocketAddress.Loopback(port);
        return (Libc.connect(server, &address, SocketAddress.Size) == 0 || Marshal.GetLastPInvokeError() == EINPROGRESS)
            && thread.Watch(connection, connection.Server);
    }

    private static void Refused(ForwardedConnection connection)
    {
        connection.Refusals++;
        connection.CloseServer(reset: false);
        connection.Backend!.Suspect();
        connection.Backend.Leave();
        connection.Backend = null;
    }

    private void Pause(long until)
    {
        if (accepts)
            thread.Unlisten(listener);
        (accepts, resumeAt) = (false, until);
        thread.ComeAgain(until);
    }

    private void Resume()
    {
        accepts = thread.Listen(listener, id);
        if (!accepts)
            Pause(Environment.TickCount64 + PauseMilliseconds);
    }
}
