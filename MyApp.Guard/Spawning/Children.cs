using System.Collections.Concurrent;
using MyApp.Guard.Native;
using MyApp.Supervision.Processes;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>
/// The processes this guard has started and not yet waited for, and the orphans that have come to it since it is a subreaper, or pid 1.
/// Nobody else waits for the former, or their exit status and their pid would be lost; everybody else of the latter is reaped.
/// </summary>
internal static class Children
{
    private static readonly ConcurrentDictionary<int, byte> Started = new();

    // Read side: a start, from the fork until the pid is known. Write side: a look at who is whose, which must not fall in between.
    private static readonly ReaderWriterLockSlim Gate = new();

    /// <param name="spawn">Gives the pid, or 0.</param>
    public static int Start(Func<int> spawn)
    {
        Gate.EnterReadLock();
        try
        {
            var pid = spawn();
            if (pid > 0)
                Started[pid] = 0;
            return pid;
        }
        finally
        {
            Gate.ExitReadLock();
        }
    }

    /// <summary>Who a process is that this guard has just started: it is in /proc until it is waited for.</summary>
    /// <exception cref="IOException">That can't be read. The process is ended, as nobody could attend to it.</exception>
    public static ProcessIdentity Identify(int pid)
    {
        try
        {
            return ProcFs.Identify(pid) ?? throw new NativeException($"read /proc/{pid}/stat", ESRCH);
        }
        catch
        {
            Abandon(pid);
            throw;
        }
    }

    /// <summary>Ends a process this guard has started and can't attend to, and waits for it.</summary>
    public static void Abandon(int pid)
    {
        _ = Libc.kill(-pid, SIGKILL);
        Reap(pid);
    }

    /// <summary>Waits for a process this guard has started; it is gone afterwards.</summary>
    /// <returns>The status of wait(2); null when it was no child.</returns>
    public static int? Reap(int pid) => Reap(pid, out _);

    /// <inheritdoc cref="Reap(int)"/>
    /// <param name="used">Of the process and those it waited for.</param>
    public static unsafe int? Reap(int pid, out ProcessUse used)
    {
        var usage = stackalloc long[ProcessUse.Fields];
        int waited, status;
        do
            waited = Libc.wait4(pid, out status, 0, usage);
        while (waited < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == EINTR);
        Started.TryRemove(pid, out _);
        used = ProcessUse.Of(usage);
        return waited == pid ? status : null;
    }

    /// <summary>Takes a process for one this guard has started, as it did before an upgrade: also one that has ended meanwhile.</summary>
    /// <returns>False: it is nobody's child here.</returns>
    public static bool TryAdopt(ProcessIdentity process)
    {
        if (process.BootId != ProcFs.BootId || ProcFs.Stat(process.Pid) is not { } stat || stat.StartTime != process.StartTime || stat.Parent != Environment.ProcessId)
            return false;
        Started[process.Pid] = 0;
        return true;
    }

    /// <summary>Children that others have left to this process; those that have ended are reaped on the way.</summary>
    public static List<int> Orphans()
    {
        Gate.EnterWriteLock();
        try
        {
            return [.. ProcFs.OwnChildren().Where(p => !Started.ContainsKey(p) && Libc.waitpid(p, out _, WNOHANG) == 0)];
        }
        finally
        {
            Gate.ExitWriteLock();
        }
    }
}
