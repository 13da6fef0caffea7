using System.Net;
using MyApp.Guard.Keeping;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>
/// Where listening sockets come from: handed over by whoever kept them, else bound, else, where an instance that outlived its guard
/// holds the port, taken back from that instance.
/// </summary>
/// <param name="handedOver">Names as <see cref="ListeningSocket.Name"/>; the descriptors belong to the source.</param>
/// <param name="store">Holds them as long as they are open here, and beyond.</param>
internal sealed class ListenerSource(IEnumerable<(string Name, int Descriptor)> handedOver, IDescriptorStore store)
{
    private readonly Lock gate = new();
    private readonly List<ListeningSocket> kept = [.. handedOver.Select(h => ListeningSocket.Adopt(h.Name, h.Descriptor)).OfType<ListeningSocket>()];

    /// <param name="holders">Leaders of sessions that may hold the port by inheritance.</param>
    /// <exception cref="NativeException">EADDRINUSE: somebody else has the port; EACCES: it is not ours to take.</exception>
    public ListeningSocket Open(string name, IPEndPoint address, bool blocking, IReadOnlyCollection<int> holders)
    {
        var opened = Find(name, address, blocking, holders);
        opened.KeepIn(store);
        return opened;
    }

    private ListeningSocket Find(string name, IPEndPoint address, bool blocking, IReadOnlyCollection<int> holders)
    {
        if (TakeKept(name, address) is { } handed)
            return handed;
        try
        {
            return ListeningSocket.Bind(name, address, blocking);
        }
        catch (NativeException e) when (e.Errno == EADDRINUSE && holders.Count > 0)
        {
            if (SocketReclaim.TryTake(name, address, holders) is { } reclaimed)
                return reclaimed;
            throw;
        }
    }

    /// <summary>Closes what nobody has asked for: ports of services that are gone.</summary>
    public void CloseRest()
    {
        lock (gate)
        {
            kept.ForEach(k => k.Dispose());
            kept.Clear();
        }
    }

    private ListeningSocket? TakeKept(string name, IPEndPoint address)
    {
        lock (gate)
        {
            var found = kept.Find(k => k.Name == name && k.Address.Equals(address));
            if (found is not null)
                kept.Remove(found);
            return found;
        }
    }
}
