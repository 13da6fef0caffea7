using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Shim;

/// <summary>
/// Waits on the program, the tether and our own signals. The leader is reaped last: as long as it is at least a zombie, its pid and
/// with it the group's number can't belong to anyone else.
/// </summary>
internal sealed unsafe class ShimmedGroup(int leader, ShimOptions options, SafeFileHandle wake, ConcurrentQueue<int> signals)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly SafeFileHandle leaderFd = Fd.PidFd(leader);
    private bool tethered = options.Tether;
    private long? killAt;

    /// <returns>The program's exit code, or 128 + the signal that ended it.</returns>
    public int Attend()
    {
        var ended = false;
        while (!ended || Rest().Count > 0)
        {
            ended |= Wait(ended);
            PassSignalsOn();
            if (ended && killAt is null)
                Stop(SIGTERM);
            if (killAt <= Stopwatch.GetTimestamp())
                KillRest();
        }

        leaderFd.Dispose();
        _ = Libc.waitpid(leader, out var status, 0);
        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    // Returns whether the leader has ended.
    private bool Wait(bool ended)
    {
        var fds = stackalloc PollFd[3];
        fds[0] = new PollFd { Fd = ended ? -1 : Fd.Number(leaderFd), Events = POLLIN };
        fds[1] = new PollFd { Fd = Fd.Number(wake), Events = POLLIN };
        fds[2] = new PollFd { Fd = tethered ? 0 : -1, Events = POLLIN };
        var patience = ended ? Look : killAt is { } at ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at) : Timeout.InfiniteTimeSpan;
        if (Libc.poll(fds, 3, patience == Timeout.InfiniteTimeSpan ? -1 : Math.Max(1, (int)patience.TotalMilliseconds + 1)) <= 0)
            return false;
        if (fds[1].Revents != 0)
        {
            Span<byte> count = stackalloc byte[8];
            _ = Fd.Read(Fd.Number(wake), count);
        }

        if (fds[2].Revents != 0 && TetherBroke())
            Stop(options.StopSignal);
        return fds[0].Revents != 0;
    }

    private bool TetherBroke()
    {
        Span<byte> ignored = stackalloc byte[512];
        tethered = Fd.Read(0, ignored) > 0;
        return !tethered;
    }

    private void PassSignalsOn()
    {
        while (signals.TryDequeue(out var signal))
        {
            if (signal is SIGTERM)
                Stop(options.StopSignal);
            else if (signal is SIGINT or SIGQUIT)
                Stop(signal);
            else
                SignalGroup(signal);
        }
    }

    private void Stop(int signal)
    {
        killAt ??= Stopwatch.GetTimestamp() + (long)(options.Grace.TotalSeconds * Stopwatch.Frequency);
        SignalGroup(signal);
    }

    private void SignalGroup(int signal) => _ = Libc.kill(-leader, signal);

    private void KillRest()
    {
        SignalGroup(SIGKILL);
        foreach (var straggler in Rest())
            _ = Libc.kill(straggler.Pid, SIGKILL);
    }

    // Also those that left the group with setsid: their parents ended or lead here, as we are their reaper.
    private List<ProcessStat> Rest()
    {
        var all = ProcFs.All().ToDictionary(p => p.Pid);
        bool IsOurs(ProcessStat p)
        {
            for (var up = p; up is not null; up = all.GetValueOrDefault(up.Parent))
            {
                if (up.Parent == Environment.ProcessId)
                    return true;
            }

            return false;
        }

        foreach (var zombie in all.Values.Where(p => p.IsZombie && p.Parent == Environment.ProcessId && p.Pid != leader))
            _ = Libc.waitpid(zombie.Pid, out _, WNOHANG);
        return [.. all.Values.Where(p => !p.IsZombie && (p.Group == leader || IsOurs(p)))];
    }
}
