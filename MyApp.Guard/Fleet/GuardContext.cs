using MyApp.Guard.Containment;
using MyApp.Guard.Dossiers;
using MyApp.Guard.Keeping;
using MyApp.Guard.Logs;
using MyApp.Guard.Metrics;
using MyApp.Guard.Native;
using MyApp.Guard.Notify;
using MyApp.Guard.Probing;
using MyApp.Guard.Shim;
using MyApp.Guard.Sockets;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Fleet;

/// <summary>What everything in one guard shares.</summary>
/// <param name="Keeper">Null: what is open ends with this process.</param>
internal sealed record GuardContext(GuardPaths Paths, RecordStore Store, Poller Poller, TimeProvider Clock, Action<string> Report, Keeper? Keeper = null)
{
    /// <summary>Gets (environment, service, release) of a unit whose status has changed.</summary>
    public ChangeHub Changes { get; } = new();

    public LogPump Logs { get; } = new(Path.Combine(Paths.StateFolder, "logs.journal"), NoStore.Unless(Keeper), Clock, Report);

    public ServiceBoard Board { get; } = new();

    public MemoryTrim Memory { get; } = new(Clock);

    public GuardProcesses Processes { get; } = new(Poller, new ProcessTable(Clock), Clock) { Keeper = Keeper };

    public CgroupRoot Cgroups { get; } = CgroupRoot.Open(Paths.DataFolder, Keeper?.Pid);

    /// <summary>Asks probes and what is outside.</summary>
    public Prober Prober { get; } = new(new GuardProcesses(Poller, new ProcessTable(Clock), Clock));

    /// <summary>Hears what instances say of themselves.</summary>
    public SignsOfLife Life { get; } = new(Paths.StateFolder, Path.Combine(Paths.DataFolder, "notify"), Poller, Report);

    public ConfigFolder Configs { get; } = new(Paths.ConfigFolder);

    public LivenessBrake Brake { get; } = new();

    /// <summary>Makes processes that the kernel kills when this one dies: those of the shim, which nobody would take over. Null: they live on.</summary>
    public ParentThread? Parent { get; init; }

    /// <summary>The shim's folder goes with it, and nobody could ask it why.</summary>
    public bool KeepsDossiers => Parent is null;

    /// <summary>What it runs writes to our own standard output and error.</summary>
    public bool PassesOutput { get; init; }

    public ExitDossiers Dossiers { get; } = new(Paths.StateFolder, Report);

    public InstanceMeters Meters { get; } = new();

    public ListenerSource Listeners { get; init; } = new([], NoStore.Instance);

    public ForwardPlane Forwards { get; } = new();

    public bool IsRoot { get; } = Libc.geteuid() == 0;
}
