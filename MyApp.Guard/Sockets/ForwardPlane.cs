using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Sockets;

/// <summary>The threads that forward connections, of all services. There are none before the first port.</summary>
internal sealed class ForwardPlane
{
    private const int MaxThreads = 4;
    private const int Reserve = 256;
    private readonly Lazy<ForwardThread[]> threads = new(Start);

    public IReadOnlyList<ForwardThread> Threads => threads.Value;

    // Forwarding is the least part of what the machine is there for: a quarter of it, and one thread on a small one.
    private static ForwardThread[] Start()
    {
        var count = Math.Clamp(Environment.ProcessorCount / 4, 1, MaxThreads);
        var connections = Math.Max(8, (Descriptors() - Math.Min(Reserve, Descriptors() / 4)) / 2 / count);
        return [.. Enumerable.Range(0, count).Select(_ => new ForwardThread(connections))];
    }

    private static unsafe int Descriptors()
    {
        var limits = stackalloc ulong[2];
        return Libc.getrlimit(RLIMIT_NOFILE, limits) == 0 ? (int)Math.Min(limits[0], int.MaxValue) : 1024;
    }
}
