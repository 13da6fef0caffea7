using MyApp.Guard.Containment;
using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Fleet;

/// <summary>What everything in one guard shares.</summary>
internal sealed record GuardContext(GuardPaths Paths, RecordStore Store, Poller Poller, TimeProvider Clock, Action<string> Report)
{
    /// <summary>Gets (environment, service, release) of a unit whose status has changed.</summary>
    public ChangeHub Changes { get; } = new();

    public LogPump Logs { get; } = new(Path.Combine(Paths.StateFolder, "logs.journal"), Clock, Report);

    public ServiceBoard Board { get; } = new();

    public GuardProcesses Processes { get; } = new(Poller, new ProcessTable(Clock), Clock);

    public CgroupRoot Cgroups { get; } = CgroupRoot.Open(Paths.DataFolder);

    public bool IsRoot { get; } = Libc.geteuid() == 0;
}
