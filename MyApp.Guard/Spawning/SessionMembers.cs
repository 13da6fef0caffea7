using MyApp.Guard.Native;
using MyApp.Supervision.Processes;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>
/// The processes of an instance where there is no control group to hold them: its group, its session, all that descend from it, and
/// orphans that began with its mark in their environment, or were found once. One that forked twice, left the session and emptied its
/// environment before anyone looked is not found before the guard itself ends.
/// </summary>
internal sealed class SessionMembers(ProcessIdentity leader, bool isChild, string mark, ProcessTable table)
{
    private const int StopRounds = 50;

    // Who was a member once remains one, also with no environment to be seen: the kernel takes that back first from a process that dies,
    // and last its descriptors and ports; and a program that sets its title may write over it.
    private readonly HashSet<(int Pid, long StartTime)> seen = [];
    private readonly Lock gate = new();

    /// <param name="maxAge">How old the answer may be; zero: not at all.</param>
    public List<ProcessStat> Members(TimeSpan maxAge)
    {
        lock (gate)
        {
            var members = MembersAmong(table.All(maxAge));
            seen.Clear();
            seen.UnionWith(members.Values.Select(m => (m.Pid, m.StartTime)));
            return [.. members.Values.Where(p => !p.IsZombie)];
        }
    }

    private Dictionary<int, ProcessStat> MembersAmong(IReadOnlyList<ProcessStat> all)
    {
        var isOurs = StillOurs();
        var sessions = all.ToDictionary(p => p.Pid, p => p.Session);
        // Whoever adopts orphans, this process or some init, is of another session than they are.
        bool IsMarked(ProcessStat p) => sessions.GetValueOrDefault(p.Parent) != p.Session && ProcFs.HasVariable(p.Pid, mark);
        bool IsOfLeader(ProcessStat p) => isOurs && (p.Group == leader.Pid || p.Session == leader.Pid);
        var members = all.Where(p => IsOfLeader(p) || seen.Contains((p.Pid, p.StartTime)) || IsMarked(p)).ToDictionary(p => p.Pid);
        // Children of members, until there are no more.
        for (var found = members.Count; found > 0;)
        {
            var children = all.Where(p => members.ContainsKey(p.Parent) && !members.ContainsKey(p.Pid)).ToList();
            children.ForEach(c => members.Add(c.Pid, c));
            found = children.Count;
        }

        return members;
    }

    /// <summary>Whether nobody is left, once the leader has ended.</summary>
    public bool IsEmpty() =>
        // Whatever it leaves becomes the guard's child, so that without such a child there is no need to walk through all of /proc.
        (isChild && Children.Orphans().Count == 0) || Members(TimeSpan.Zero).Count == 0;

    /// <summary>SIGKILL to all. They are stopped first, as otherwise one could fork while another is being killed.</summary>
    public void Kill()
    {
        var stopped = new HashSet<int>();
        for (var round = 0; round < StopRounds; round++)
        {
            var running = Members(TimeSpan.Zero).Where(m => stopped.Add(m.Pid)).ToList();
            if (running.Count == 0)
                break;
            running.ForEach(m => ProcessSignal.Send(m, SIGSTOP));
        }

        Members(TimeSpan.Zero).ForEach(m => ProcessSignal.Send(m, SIGKILL));
    }

    // The kernel gives out no pid that is still the number of a group or session, so a number whose leader ended and that has members is ours.
    public bool StillOurs() => isChild || ProcFs.Stat(leader.Pid) is not { } stat || stat.StartTime == leader.StartTime;
}
