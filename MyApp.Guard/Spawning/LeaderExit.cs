using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Processes;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>Waits for the end of one process.</summary>
internal static class LeaderExit
{
    // struct pidfd_info; include/uapi/linux/pidfd.h.
    private const int PidFdInfoSize = 64;
    private const int ExitCodeOffset = 60;
    private const int ReapLooks = 10;
    private static readonly TimeSpan SlowLook = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReapLook = TimeSpan.FromMilliseconds(10);

    /// <returns>For a process that is not our child the status of wait(2), where the keeper or the kernel tells it; else null.</returns>
    public static async Task<int?> WaitAsync(ProcessIdentity leader, bool isChild, GuardProcesses processes)
    {
        if (isChild)
        {
            await EndAsync(leader, isChild, processes);
            return null;
        }

        // Seen before it ends: afterwards nobody can say whose it was.
        var isKept = processes.Keeper is { } parent && ProcFs.Stat(leader.Pid) is { } stat && stat.StartTime == leader.StartTime && stat.Parent == parent.Pid;
        var status = await EndAsync(leader, isChild, processes);
        return status ?? (processes.Keeper is { } keeper ? await keeper.ExitOfAsync(leader, isKept, processes.Clock) : null);
    }

    private static async Task<int?> EndAsync(ProcessIdentity leader, bool isChild, GuardProcesses processes)
    {
        var clock = processes.Clock;
        SafeFileHandle pidFd;
        try
        {
            pidFd = Fd.PidFd(leader.Pid);
        }
        catch (NativeException e)
        {
            // ESRCH: it has ended. Anything else (no descriptors are left) must not leave it unattended.
            while (e.Errno != ESRCH && ProcFs.IsAlive(leader))
                await Task.Delay(SlowLook, clock, CancellationToken.None);
            return null;
        }

        using (pidFd)
        {
            // Only now is it sure whose descriptor this is: an adopted process may have ended before the open.
            if (!isChild && !ProcFs.IsAlive(leader))
                return null;
            await ReadableAsync(pidFd, processes.Poller);
            if (isChild)
                return null;
            // While it is a zombie its exit status can be read; once its parent, some init, has waited for it, the kernel has to be asked.
            return ProcFs.Stat(leader.Pid) is { IsZombie: true } zombie && zombie.StartTime == leader.StartTime
                ? zombie.ExitStatus : await StatusAsync(pidFd, clock);
        }
    }

    private static Task ReadableAsync(SafeFileHandle pidFd, Poller poller)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        poller.Add(Fd.Number(pidFd), () =>
        {
            poller.Remove(Fd.Number(pidFd));
            ended.TrySetResult();
        });
        return ended.Task;
    }

    // It may be between the two: looked for too late and not known yet.
    private static async Task<int?> StatusAsync(SafeFileHandle pidFd, TimeProvider clock)
    {
        for (var look = 0; look < ReapLooks && Ask(pidFd, out var known, out var status); look++)
        {
            if (known)
                return status;
            await Task.Delay(ReapLook, clock, CancellationToken.None);
        }

        return null;
    }

    // False: a kernel that does not know the question (EINVAL, ENOTTY), or forgets with the process (ESRCH).
    private static unsafe bool Ask(SafeFileHandle pidFd, out bool known, out int status)
    {
        var answer = stackalloc byte[PidFdInfoSize];
        new Span<byte>(answer, PidFdInfoSize).Clear();
        *(ulong*)answer = PIDFD_INFO_EXIT;
        var understood = Libc.ioctl(Fd.Number(pidFd), PIDFD_GET_INFO, answer) == 0;
        known = (*(ulong*)answer & PIDFD_INFO_EXIT) != 0;
        status = *(int*)(answer + ExitCodeOffset);
        return understood;
    }
}
