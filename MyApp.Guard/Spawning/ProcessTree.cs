using MyApp.Guard.Containment;
using MyApp.Guard.Native;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>
/// One process of an instance with everything it has started: held by a control group where there is one, else found by group, session,
/// descent and mark. Signals go out only after a look that the leader is still the process we mean: our own child can't lose its pid
/// before we reap it, an adopted one can.
/// </summary>
/// <param name="cgroup">Null: none can be had on this host.</param>
/// <param name="mark"><c>NAME=value</c> of the environment it was started with, for when there is no control group.</param>
internal sealed class ProcessTree(ProcessIdentity leader, bool isChild, InstanceCgroup? cgroup, string mark, GuardProcesses processes)
{
    /// <summary>From SIGTERM to SIGKILL, for what is left when a program has ended.</summary>
    public static readonly TimeSpan StragglerGrace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly SessionMembers session = new(leader, isChild, mark, processes.Table);
    private readonly long? killsBefore = cgroup?.OutOfMemoryKills();

    public ProcessIdentity Leader { get; } = leader;

    public InstanceCgroup? Cgroup { get; } = cgroup;

    /// <summary>To the leader's process group.</summary>
    public void Signal(int signal)
    {
        if (session.StillOurs())
            _ = Libc.kill(-Leader.Pid, signal);
    }

    public void SignalLeader(int signal)
    {
        if (session.StillOurs())
            _ = Libc.kill(Leader.Pid, signal);
    }

    /// <summary>SIGKILL to everything the instance has started, also what has left its group and session.</summary>
    public void KillAll()
    {
        Signal(SIGKILL);
        if (Cgroup is not null)
            Cgroup.Kill();
        else
            session.Kill();
    }

    /// <summary>Completes when everything is gone; whoever stays behind the leader gets SIGTERM, and SIGKILL after 2 s.</summary>
    /// <param name="onLeft">Called when the leader has ended and somebody stays behind.</param>
    public async Task<ExitCause> WaitAsync(Action? onLeft = null)
    {
        var adoptedStatus = await LeaderExit.WaitAsync(Leader, isChild, processes);
        await EndStragglersAsync(onLeft);
        // Reaped last: until then nobody else can get its pid, and with it the number of its group.
        var status = isChild ? Reap() : adoptedStatus;
        return status is { } known ? WithMemory(ExitCause.FromWaitStatus(known)) : new ExitCause(ExitKind.Unknown);
    }

    /// <summary>Null until it has ended, and where it is not our child.</summary>
    public ProcessUse? Used { get; private set; }

    private int? Reap()
    {
        var status = Children.Reap(Leader.Pid, out var used);
        Used = used;
        return status;
    }

    /// <param name="maxAge">How old the answer may be; zero: not at all.</param>
    public List<ProcessStat> Members(TimeSpan maxAge) => Cgroup is not null ? Cgroup.Members() : session.Members(maxAge);

    private bool IsEmpty => Cgroup is not null ? Cgroup.IsEmpty : session.IsEmpty();

    private async Task EndStragglersAsync(Action? onLeft)
    {
        if (IsEmpty)
            return;
        onLeft?.Invoke();
        Signal(SIGTERM);
        foreach (var member in Members(TimeSpan.Zero).Where(m => m.Group != Leader.Pid))
            ProcessSignal.Send(member, SIGTERM);
        var begin = processes.Clock.GetTimestamp();
        while (!IsEmpty)
        {
            if (processes.Clock.GetElapsedTime(begin) >= StragglerGrace)
                KillAll();
            await Task.Delay(Look, processes.Clock, CancellationToken.None);
        }
    }

    // The kernel kills the largest process of the group, which may be the leader or one it waits for.
    private ExitCause WithMemory(ExitCause cause) =>
        !cause.IsSuccess && Cgroup?.OutOfMemoryKills() > killsBefore ? cause with { Detail = Cgroup.OutOfMemoryWords() } : cause;
}
