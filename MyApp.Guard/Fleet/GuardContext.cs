using MyApp.Guard.Native;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Fleet;

/// <summary>What everything in one guard shares.</summary>
internal sealed record GuardContext(GuardPaths Paths, RecordStore Store, Poller Poller, TimeProvider Clock, Action<string> Report)
{
    /// <summary>Gets (environment, service, release) of a unit whose status has changed.</summary>
    public ChangeHub Changes { get; } = new();

    public ServiceBoard Board { get; } = new();

    public ProcessTable Processes { get; } = new(Clock);

    public bool IsRoot { get; } = Libc.geteuid() == 0;
}
