using MyApp.Guard.Native;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

internal enum ConnectionStage { Free, Waiting, Connecting, Joined }

/// <summary>A client's connection and the one to the instance that serves it. The objects are used again and again by one thread.</summary>
internal sealed class ForwardedConnection(int slot, RestBuffers buffers)
{
    // Up to 512 KiB in one direction before others get their turn.
    private const int TurnsInARow = 8;
    private const int KeepAliveSeconds = 60;

    public int Slot { get; } = slot;

    /// <summary>Tells an event of a connection that has ended from one of its successor.</summary>
    public uint Generation { get; private set; }

    public ConnectionStage Stage { get; set; }

    public ConnectionEnd Client { get; } = new(buffers);

    public ConnectionEnd Server { get; } = new(buffers);

    public ForwardedPort? Port { get; private set; }

    public Backend? Backend { get; set; }

    /// <summary>Milliseconds of <see cref="Environment.TickCount64"/> at which it is given up when nobody has taken it.</summary>
    public long Deadline { get; private set; }

    /// <summary>Instances that have refused it since it last waited.</summary>
    public int Refusals { get; set; }

    /// <summary>In <see cref="PendingConnections"/>.</summary>
    public ForwardedConnection? Previous { get; set; }

    public ForwardedConnection? Next { get; set; }

    /// <summary>It is already among those that go on after the others.</summary>
    public bool IsQueued { get; set; }

    public bool IsFinished => (Client.WriteDone && Server.WriteDone) || Client.Failed || Server is { Failed: true, ReadDone: true } || IsOrphan;

    // The process has ended, and the client knows that nothing more comes.
    private bool IsOrphan => Client.WriteDone && Backend is { HasEnded: true };

    public void Begin(int client, ForwardedPort port, long deadline)
    {
        (Port, Deadline, Refusals) = (port, deadline, 0);
        Client.Begin(client);
    }

    /// <summary>Moves what can be moved now, both ways.</summary>
    /// <returns>Whether there may be more at once.</returns>
    public unsafe bool Move()
    {
        var more = Move(Client, Server, buffers.Scratch);
        return Move(Server, Client, buffers.Scratch) || more;
    }

    public void Close()
    {
        var reset = Client.Failed || Server.Failed;
        Client.Close(reset);
        CloseServer(reset);
        (Stage, Port, Backend) = (ConnectionStage.Free, null, null);
        Generation++;
    }

    /// <summary>Ends the try with one instance; the next one gets another socket.</summary>
    public void CloseServer(bool reset) => Server.Close(reset);

    private unsafe bool Move(ConnectionEnd from, ConnectionEnd to, byte* scratch)
    {
        for (var turn = 0; turn < TurnsInARow; turn++)
        {
            if (!to.Flush())
                return false;
            // Nobody takes it: it is not read, so that its sender learns of it.
            from.ReadDone |= to.WriteDone;
            if (!from.CanRead)
            {
                PassEnd(from, to);
                return false;
            }

            if (from.Receive(scratch) is > 0 and var count)
                to.Send(scratch, count);
        }

        return true;
    }

    private void PassEnd(ConnectionEnd from, ConnectionEnd to)
    {
        if (!from.ReadDone || to.WriteDone || from.Failed)
            return;
        to.EndWriting(isLast: from.WriteDone);
        // A server that closed its socket and one that only said that it has sent all look alike from here. The kernel asks it now and then.
        if (from == Server && !Client.ReadDone)
        {
            SocketOption.Set(Server.Fd, Constants.SOL_SOCKET, SO_KEEPALIVE, 1);
            SocketOption.Set(Server.Fd, IPPROTO_TCP, TCP_KEEPIDLE, KeepAliveSeconds);
        }
    }
}
