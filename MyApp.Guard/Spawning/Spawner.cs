using System.Globalization;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;

namespace MyApp.Guard.Spawning;

/// <summary>Starts programs through spawn.c.</summary>
internal static unsafe class Spawner
{
    private const string ListenPid = "LISTEN_PID=";

    /// <summary>Starts a program as the leader of a session and a process group of its own.</summary>
    /// <returns>The pid, or why the program could not be started; then nothing is left running.</returns>
    public static (int Pid, SpawnFailure? Failure) Start(SpawnOrder order, SafeFileHandle input, SafeFileHandle output, SafeFileHandle error)
    {
        using var arguments = new ArgumentBlock(order.Arguments);
        using var environment = new ArgumentBlock([.. order.Environment, .. ListenVariables(order)]);
        using var paths = new ArgumentBlock([order.Executable, order.WorkingDirectory ?? ""]);
        uint[] groups = [.. order.Groups];
        int[] tasks = [.. order.CgroupTasks];
        int[] descriptors = [Fd.Number(input), Fd.Number(output), Fd.Number(error), .. order.ListenSockets.Select(s => s.Descriptor)];
        NativeLimit[] limits = [.. order.Limits.Select(l => new NativeLimit { Resource = l.Resource, Value = (ulong)l.Value })];
        var native = Numbers(order);
        native.GroupCount = groups.Length;
        native.CgroupTaskCount = tasks.Length;
        native.DescriptorCount = descriptors.Length;
        native.LimitCount = limits.Length;
        native.Arguments = arguments.Pointer;
        native.Environment = environment.Pointer;
        native.Path = paths.Pointer[0];
        native.Folder = order.WorkingDirectory is null ? null : paths.Pointer[1];
        native.ListenPid = order.ListenSockets.Count == 0 ? null : environment.Pointer[order.Environment.Count] + ListenPid.Length;
        fixed (uint* firstGroup = groups)
        fixed (int* firstTasks = tasks, firstDescriptor = descriptors)
        fixed (NativeLimit* firstLimit = limits)
        {
            native.Groups = firstGroup;
            native.CgroupTasks = firstTasks;
            native.Descriptors = firstDescriptor;
            native.Limits = firstLimit;
            var pointer = &native;
            var pid = Children.Start(() => NativeSpawn.myapp_spawn(pointer));
            return pid > 0 ? (pid, null) : (0, new SpawnFailure((SpawnStep)native.FailedStep, native.Error));
        }
    }

    private static NativeOrder Numbers(SpawnOrder order) => new()
    {
        CgroupFolder = order.CgroupFolder ?? -1,
        ChangesUser = order.Uid is null ? 0 : 1,
        Uid = order.Uid ?? 0,
        Gid = order.Gid,
        Umask = order.Umask ?? NativeSpawn.Keep,
        Nice = order.Nice ?? NativeSpawn.Keep,
        OomScoreAdjust = order.OomScoreAdjust ?? NativeSpawn.Keep,
        NoNewPrivileges = order.NoNewPrivileges ? 1 : 0,
        ParentDeathSignal = order.ParentDeathSignal,
        Parent = Environment.ProcessId,
    };

    // The pid is not known yet: spawn.c writes it over the zeros, which are as wide as any can be.
    private static IEnumerable<string> ListenVariables(SpawnOrder order) => order.ListenSockets.Count == 0 ? [] :
    [
        $"{ListenPid}0000000000",
        $"LISTEN_FDS={order.ListenSockets.Count.ToString(CultureInfo.InvariantCulture)}",
        $"LISTEN_FDNAMES={string.Join(':', order.ListenSockets.Select(s => s.Name))}",
    ];
}
