using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>The limits of setrlimit(2) a unit asks for.</summary>
internal static class ProcessLimits
{
    public static IReadOnlyList<ProcessLimit> Of(Unit unit)
    {
        var limits = new List<ProcessLimit>();
        void Add(string name, int resource, long? value)
        {
            if (value is { } number)
                limits.Add(new ProcessLimit(name, resource, number));
        }

        Add("resources.files", RLIMIT_NOFILE, unit.Resources.Files);
        Add("process.coreBytes", RLIMIT_CORE, unit.Process.CoreBytes);
        Add("process.lockedBytes", RLIMIT_MEMLOCK, unit.Process.LockedBytes);
        Add("process.stackBytes", RLIMIT_STACK, unit.Process.StackBytes);
        return limits;
    }
}
