using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Processes;

namespace MyApp.Guard.Keeping;

/// <summary>
/// The guard's end of its keeper, the small parent process of keeper.c: it holds descriptors for the guard that follows when this one is
/// killed, and it has told this guard how the children of earlier ones ended, and goes on telling.
/// </summary>
internal sealed class Keeper : IDescriptorStore
{
    // struct ended of keeper.c.
    private const int EndedSize = 16;
    private const int Remembered = 1024;
    private static readonly TimeSpan OwnPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StrangerPatience = TimeSpan.FromMilliseconds(200);
    private readonly Lock gate = new();
    private readonly SafeFileHandle socket;
    private readonly Dictionary<(int Pid, long StartTime), int> ended = [];
    private readonly Queue<(int Pid, long StartTime)> order = [];
    private readonly Dictionary<(int Pid, long StartTime), TaskCompletionSource<int>> awaited = [];
    private readonly HashSet<string> kept = [];
    private readonly IReadOnlyList<string> left;
    private readonly Poller poller;

    /// <param name="socket">The end of the socket that was handed over; ours from now on.</param>
    /// <param name="left">Names that it holds for us, from a guard before this one.</param>
    public Keeper(int socket, IReadOnlyList<string> left, Poller poller)
    {
        (this.socket, this.left, this.poller) = (new SafeFileHandle(socket, ownsHandle: true), left, poller);
        Pid = Libc.getppid();
        // What was said before this guard was started is known before anything is asked.
        Receive();
        poller.Add(socket, Receive);
    }

    public bool IsElsewhere => true;

    public int Pid { get; }

    public int Descriptor => Fd.Number(socket);

    /// <summary>It may pass signals on from now on, and starts this program when we are killed.</summary>
    public void Follow(string program) => MessageCalls.Send(socket, Encoding.UTF8.GetBytes("P" + program), null);

    /// <inheritdoc/>
    /// <remarks>What it can't take, for want of descriptors, is lost when this guard is killed, as all would be without it.</remarks>
    public void Keep(string name, int descriptor)
    {
        lock (gate)
        {
            kept.Add(name);
            MessageCalls.Send(socket, Encoding.UTF8.GetBytes("K" + name), descriptor);
        }
    }

    /// <inheritdoc/>
    public void Forget(string name)
    {
        lock (gate)
        {
            kept.Remove(name);
            MessageCalls.Send(socket, Encoding.UTF8.GetBytes("F" + name), null);
        }
    }

    /// <summary>Lets go of what a guard before this one has left and this one has no use for.</summary>
    public void ForgetRest()
    {
        foreach (var name in left)
        {
            lock (gate)
            {
                if (kept.Contains(name))
                    continue;
            }

            Forget(name);
        }
    }

    /// <summary>How a process ended that a guard before this one has started, and that does not run any more.</summary>
    /// <returns>The status of wait(2); null: it was not the keeper's to wait for.</returns>
    /// <param name="isOurs">It was seen as the keeper's child; else the answer may be there already, or never come.</param>
    public async Task<int?> ExitOfAsync(ProcessIdentity process, bool isOurs, TimeProvider clock)
    {
        var key = (process.Pid, process.StartTime);
        TaskCompletionSource<int>? arrival;
        lock (gate)
        {
            if (ended.TryGetValue(key, out var known))
                return known;
            if (!awaited.TryGetValue(key, out arrival))
                awaited[key] = arrival = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            return await arrival.Task.WaitAsync(isOurs ? OwnPatience : StrangerPatience, clock);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (gate)
                awaited.Remove(key);
        }
    }

    private void Receive()
    {
        Span<byte> message = stackalloc byte[EndedSize];
        int count;
        while ((count = MessageCalls.Receive(socket, message)) == EndedSize)
            Note((MemoryMarshal.Read<int>(message), MemoryMarshal.Read<long>(message[8..])), MemoryMarshal.Read<int>(message[4..]));
        // Its end: the kernel is about to end us too.
        if (count == 0)
            poller.Remove(Descriptor);
    }

    private void Note((int Pid, long StartTime) process, int status)
    {
        lock (gate)
        {
            if (!ended.TryAdd(process, status))
                return;
            order.Enqueue(process);
            if (order.Count > Remembered)
                ended.Remove(order.Dequeue());
            if (awaited.TryGetValue(process, out var arrival))
                arrival.TrySetResult(status);
        }
    }
}
