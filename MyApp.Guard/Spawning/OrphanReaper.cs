using System.Runtime.InteropServices;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>
/// Makes this process the one that orphans of its services come to, as pid 1 is for a whole container, and waits for those that end.
/// </summary>
internal sealed class OrphanReaper : IDisposable
{
    // A zombie costs nothing but its pid, so many are waited for with one look.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly PosixSignalRegistration ended;
    private readonly ITimer timer;
    private int armed;

    public OrphanReaper(TimeProvider clock)
    {
        TakeOrphans();
        timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ended = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Arm());
        // As pid 1 it may have been given some before.
        Arm();
    }

    /// <summary>From now on orphans come here, though nobody waits for them yet.</summary>
    public static void TakeOrphans() =>
        NativeException.ThrowIf(Libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0, "prctl PR_SET_CHILD_SUBREAPER");

    public void Dispose()
    {
        ended.Dispose();
        timer.Dispose();
    }

    private void Arm()
    {
        if (Interlocked.Exchange(ref armed, 1) == 0)
            timer.Change(Patience, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        // Before the look: one that ends during it may not be seen and arms anew.
        Volatile.Write(ref armed, 0);
        try
        {
            _ = Children.Orphans();
        }
        catch (IOException)
        {
            // Descriptors are short, and /proc can't be read: they wait until there are some.
            Arm();
        }
    }
}
