using MyApp.Guard.Native;

namespace MyApp.Guard.Notify;

/// <summary>Who comes from whom, as far as group, session and parents tell.</summary>
internal static class ProcessDescent
{
    /// <summary>Whether a process belongs to the one that leads an instance; it must still be there, if only as a zombie.</summary>
    /// <returns>False also where no descriptors are left to look with: what nobody knows to be the instance's does not count as its.</returns>
    public static bool Holds(int leader, int pid)
    {
        try
        {
            return ProcFs.Stat(pid) is { } process && (process.Group == leader || process.Session == leader || Descends(process, leader));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Descends(ProcessStat process, int leader)
    {
        for (var up = process; up is not null && up.Pid > 1; up = ProcFs.Stat(up.Parent))
        {
            if (up.Pid == leader || up.Parent == leader)
                return true;
        }

        return false;
    }
}
