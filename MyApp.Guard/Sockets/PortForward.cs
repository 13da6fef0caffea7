using System.Net;

namespace MyApp.Guard.Sockets;

/// <summary>
/// Passes the connections of a listening socket on to the ready instances of its service. While none is ready, they wait for the
/// patience of the traffic, so that a restart is a pause and not an error.
/// </summary>
internal sealed class PortForward : IDisposable
{
    private readonly ListeningSocket listener;
    private readonly ServiceTraffic traffic;
    private readonly IReadOnlyList<ForwardThread> threads;
    private readonly ForwardedPort?[] ports;

    /// <param name="listener">Belongs to the forward from now on.</param>
    public PortForward(ListeningSocket listener, string portName, ServiceTraffic traffic, ForwardPlane plane)
    {
        (this.listener, this.traffic, threads) = (listener, traffic, plane.Threads);
        ports = new ForwardedPort?[threads.Count];
        listener.PassOnWithoutDelay();
        OnEachThread((thread, i) => ports[i] = thread.Open(listener.Descriptor, portName, traffic));
        traffic.Changed += Reconsider;
    }

    public IPAddress Address => listener.Address.Address;

    public ListeningSocket Listener => listener;

    /// <summary>Takes no more connections, soon; those that come wait in the kernel.</summary>
    public void Hold() => OnEachThread((_, i) => ports[i]!.Hold());

    public void GoOn() => OnEachThread((_, i) => ports[i]!.GoOn());

    /// <summary>Stops listening. Connections that an instance has taken go on.</summary>
    public void Dispose()
    {
        traffic.Changed -= Reconsider;
        // Closed only when no thread can use its number any more, which may be another's at once.
        using var left = new CountdownEvent(threads.Count);
        OnEachThread((thread, i) =>
        {
            thread.Close(ports[i]!);
            left.Signal();
        });
        left.Wait();
        listener.Dispose();
    }

    private void Reconsider() => OnEachThread((thread, i) => thread.Reconsider(ports[i]!));

    private void OnEachThread(Action<ForwardThread, int> action)
    {
        for (var i = 0; i < threads.Count; i++)
        {
            var number = i;
            threads[i].Post(() => action(threads[number], number));
        }
    }
}
