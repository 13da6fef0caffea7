using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Sockets;

/// <summary>The threads that forward connections, of all services. There are none before the first port.</summary>
internal sealed class ForwardPlane
{
    private const int MaxThreads = 4;
    private const int Reserve = 256;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private readonly Lazy<ForwardThread[]> threads = new(Start);

    public IReadOnlyList<ForwardThread> Threads => threads.Value;

    /// <summary>Leaves new connections in the kernel's queue, and waits for the end of those there are.</summary>
    /// <param name="patience">The longest wait; what is left then goes on.</param>
    public async Task HoldAsync(TimeSpan patience, TimeProvider clock)
    {
        if (!threads.IsValueCreated)
            return;
        for (var begin = clock.GetTimestamp(); clock.GetElapsedTime(begin) < patience;)
        {
            if ((await Task.WhenAll(Threads.Select(t => t.HoldAsync()))).Sum() == 0)
                return;
            await Task.Delay(Look, clock);
        }
    }

    /// <summary>Undoes <see cref="HoldAsync"/>.</summary>
    public void Release()
    {
        if (!threads.IsValueCreated)
            return;
        foreach (var thread in Threads)
            thread.Release();
    }

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
