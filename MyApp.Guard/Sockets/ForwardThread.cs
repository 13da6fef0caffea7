using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>
/// A thread that forwards connections: one epoll set, sockets that don't block, nothing allocated for an event, and no timer while nobody
/// waits. All it owns is touched by it alone; others <see cref="Post"/>.
/// </summary>
internal sealed class ForwardThread
{
    private const uint Edges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    private readonly Epoll epoll = new();
    private readonly SafeFileHandle wake = Fd.EventCounter();
    private readonly ConcurrentQueue<Action> posted = new();
    private readonly Dictionary<int, ForwardedPort> ports = [];
    private readonly List<ForwardedConnection> connections = [];
    private readonly Stack<ForwardedConnection> free = new();
    private readonly Queue<ForwardedConnection> again = new();
    private readonly RestBuffers buffers = new();
    private readonly int maxConnections;
    private int lastPort;
    private long due = long.MaxValue;

    /// <param name="maxConnections">More wait in the kernel's queue, so that the guard keeps descriptors for its own work.</param>
    public ForwardThread(int maxConnections)
    {
        this.maxConnections = maxConnections;
        _ = epoll.TryAdd(Fd.Number(wake), EPOLLIN, EventTag.Wake);
        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "forward" }.Start();
    }

    public bool IsFull => Count >= maxConnections;

    private int Count => connections.Count - free.Count;

    /// <summary>Runs something on this thread, soon.</summary>
    public void Post(Action action)
    {
        posted.Enqueue(action);
        Fd.WriteAll(wake, BitConverter.GetBytes(1UL));
    }

    /// <summary>Accepts no more on any port.</summary>
    /// <returns>How many connections there still are.</returns>
    public Task<int> HoldAsync()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            foreach (var port in ports.Values)
                port.Hold();
            answer.SetResult(Count);
        });
        return answer.Task;
    }

    /// <summary>Undoes <see cref="HoldAsync"/>.</summary>
    public void Release() => Post(() =>
    {
        foreach (var port in ports.Values)
            port.Open();
    });

    public ForwardedPort Open(int listener, string portName, ServiceTraffic traffic)
    {
        var port = new ForwardedPort(++lastPort, listener, portName, traffic, this);
        ports[lastPort] = port;
        port.Open();
        return port;
    }

    public void Close(ForwardedPort port)
    {
        port.Close();
        ports.Remove(port.Id);
    }

    /// <summary>Something has changed for the port: connections find another instance, or end with the one that has ended.</summary>
    public void Reconsider(ForwardedPort port)
    {
        port.Reconsider();
        foreach (var connection in connections)
        {
            if (connection.Port == port && connection.IsFinished)
                Close(connection);
        }
    }

    public void ComeAgain(long at) => due = Math.Min(due, at);

    public bool Listen(int listener, int port) => epoll.TryAdd(listener, EPOLLIN | EPOLLEXCLUSIVE, EventTag.Of(EventTag.Port, port, 0));

    public void Unlisten(int listener) => epoll.Remove(listener);

    public bool Watch(ForwardedConnection connection, ConnectionEnd end) =>
        epoll.TryAdd(end.Fd, Edges, EventTag.Of(end == connection.Client ? EventTag.Client : EventTag.Server, connection.Slot, connection.Generation));

    public ForwardedConnection Begin(int client, ForwardedPort port, long deadline)
    {
        if (!free.TryPop(out var connection))
            connections.Add(connection = new ForwardedConnection(connections.Count, buffers));
        connection.Begin(client, port, deadline);
        return connection;
    }

    public void Close(ForwardedConnection connection)
    {
        var (port, backend) = (connection.Port!, connection.Backend);
        port.Forget(connection);
        connection.Close();
        free.Push(connection);
        // Only now: whoever waits for it to be empty may look at the sockets.
        backend?.Leave();
        port.Traffic.Leave();
    }

    private void Run()
    {
        while (true)
        {
            var count = epoll.Wait(Timeout());
            for (var i = 0; i < count; i++)
                Take(epoll[i]);
            for (var queued = again.Count; queued > 0; queued--)
                Continue(again.Dequeue());
            if (due <= Environment.TickCount64)
                DoWhatIsDue();
        }
    }

    private int Timeout() =>
        again.Count > 0 ? 0 : due == long.MaxValue ? -1 : (int)Math.Clamp(due - Environment.TickCount64, 0, int.MaxValue);

    private void Take((uint Events, ulong Tag) happened)
    {
        var (kind, index, generation) = EventTag.Read(happened.Tag);
        if (kind == EventTag.Port)
            ports.GetValueOrDefault(index)?.Accept();
        else if (happened.Tag == EventTag.Wake)
            RunPosted();
        else if (connections[index] is { } connection && connection.Generation == generation && connection.Stage != ConnectionStage.Free)
            Take(connection, kind == EventTag.Client ? connection.Client : connection.Server, happened.Events);
    }

    private void Take(ForwardedConnection connection, ConnectionEnd end, uint events)
    {
        end.Note(events);
        if (connection.Stage != ConnectionStage.Joined && end == connection.Client)
        {
            // It was reset. A half of it that was closed may still want an answer.
            if ((events & (EPOLLHUP | EPOLLERR)) == 0)
                return;
            connection.CloseServer(reset: true);
            Close(connection);
            return;
        }

        if (connection.Stage == ConnectionStage.Connecting)
            connection.Port!.Connected(connection);
        if (connection.Stage == ConnectionStage.Joined)
            Move(connection);
    }

    private void Continue(ForwardedConnection connection)
    {
        connection.IsQueued = false;
        if (connection.Stage == ConnectionStage.Joined)
            Move(connection);
    }

    private void Move(ForwardedConnection connection)
    {
        var more = connection.Move();
        if (connection.IsFinished)
        {
            Close(connection);
        }
        else if (more && !connection.IsQueued)
        {
            connection.IsQueued = true;
            again.Enqueue(connection);
        }
    }

    private void RunPosted()
    {
        Span<byte> count = stackalloc byte[8];
        _ = Fd.Read(Fd.Number(wake), count);
        while (posted.TryDequeue(out var action))
            action();
    }

    private void DoWhatIsDue()
    {
        var now = Environment.TickCount64;
        due = long.MaxValue;
        foreach (var port in ports.Values)
            ComeAgain(port.Due(now));
    }
}
