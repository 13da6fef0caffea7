using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>Sends a signal to a process that is not our child, so that its pid may be another's by the time it is sent.</summary>
internal static class ProcessSignal
{
    public static void Send(ProcessStat process, int signal)
    {
        try
        {
            using var descriptor = Fd.PidFd(process.Pid);
            // Only now is it sure whose descriptor this is.
            if (ProcFs.Stat(process.Pid) is { } now && now.StartTime == process.StartTime)
                _ = Libc.syscall(SYS_pidfd_send_signal, Fd.Number(descriptor), signal, 0, 0);
        }
        catch (NativeException e) when (e.Errno == ESRCH)
        {
            // It has ended.
        }
    }
}
