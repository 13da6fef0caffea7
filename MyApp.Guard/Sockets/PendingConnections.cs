namespace MyApp.Guard.Sockets;

/// <summary>Connections that no instance has taken yet, the oldest first.</summary>
internal sealed class PendingConnections
{
    public ForwardedConnection? First { get; private set; }

    private ForwardedConnection? last;

    public void Add(ForwardedConnection connection)
    {
        connection.Previous = last;
        if (last is null)
            First = connection;
        else
            last.Next = connection;
        last = connection;
    }

    public void Remove(ForwardedConnection connection)
    {
        var (previous, next) = (connection.Previous, connection.Next);
        if (previous is null)
            First = next;
        else
            previous.Next = next;
        if (next is null)
            last = previous;
        else
            next.Previous = previous;
        (connection.Previous, connection.Next) = (null, null);
    }
}
