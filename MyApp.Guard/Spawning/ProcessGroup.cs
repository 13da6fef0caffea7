using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>
/// The session and process group that one instance's process leads. Signals go out only after a look that the leader is still the
/// process we mean: our own child can't lose its pid before we reap it, an adopted one can.
/// </summary>
internal sealed class ProcessGroup(ProcessIdentity leader, bool isChild, Poller poller, ProcessTable table, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SlowLook = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StragglerGrace = TimeSpan.FromSeconds(2);

    public ProcessIdentity Leader { get; } = leader;

    public static ProcessIdentity? Identify(int pid) =>
        ProcFs.Stat(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTime, ProcFs.BootId) : null;

    public static bool IsAlive(ProcessIdentity process) =>
        process.BootId == ProcFs.BootId && ProcFs.Stat(process.Pid) is { IsZombie: false } stat && stat.StartTime == process.StartTime;

    public void Signal(int signal)
    {
        if (StillOurs())
            _ = Libc.kill(-Leader.Pid, signal);
    }

    /// <summary>Completes when leader and group are gone; whoever stays behind the leader is stopped.</summary>
    public async Task<ExitCause> WaitAsync()
    {
        await LeaderEndedAsync();
        await EndStragglersAsync();
        if (!isChild)
            return new ExitCause(ExitKind.Unknown);
        return Libc.waitpid(Leader.Pid, out var status, 0) == Leader.Pid ? ExitCause.FromWaitStatus(status) : new ExitCause(ExitKind.Unknown);
    }

    /// <param name="maxAge">How old the answer may be; zero: not at all.</param>
    public List<ProcessStat> Members(TimeSpan maxAge) => StillOurs() ? table.GroupOf(Leader.Pid, maxAge) : [];

    private async Task LeaderEndedAsync()
    {
        SafeFileHandle pidFd;
        try
        {
            pidFd = Fd.PidFd(Leader.Pid);
        }
        catch (NativeException e)
        {
            // ESRCH: it has ended. Anything else (no descriptors are left) must not leave it unattended.
            while (e.Errno != ESRCH && IsAlive(Leader))
                await Task.Delay(SlowLook, clock, CancellationToken.None);
            return;
        }

        using (pidFd)
        {
            // Only now is it sure whose descriptor this is: an adopted process may have ended before the open.
            if (!isChild && !IsAlive(Leader))
                return;
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            poller.Add(Fd.Number(pidFd), () =>
            {
                poller.Remove(Fd.Number(pidFd));
                ended.TrySetResult();
            });
            await ended.Task;
        }
    }

    private async Task EndStragglersAsync()
    {
        var begin = clock.GetTimestamp();
        for (var signal = SIGTERM; Members(TimeSpan.Zero).Count > 0; signal = clock.GetElapsedTime(begin) < StragglerGrace ? 0 : SIGKILL)
        {
            if (signal != 0)
                SignalMembers(signal);
            await Task.Delay(Look, clock, CancellationToken.None);
        }
    }

    // Members of the session that are in a group of their own are not reached by a signal to the leader's group.
    private void SignalMembers(int signal)
    {
        Signal(signal);
        foreach (var member in Members(TimeSpan.Zero).Where(m => m.Group != Leader.Pid))
            _ = Libc.kill(member.Pid, signal);
    }

    // The kernel gives out no pid that is still the number of a group or session, so a number whose leader ended and that has members is ours.
    private bool StillOurs() => isChild || ProcFs.Stat(Leader.Pid) is not { } stat || stat.StartTime == Leader.StartTime;
}
