using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MyApp.Guard.Fleet;
using MyApp.Guard.Keeping;
using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Sockets;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Shim;

/// <summary>
/// <c>myapp-guard exec --unit</c>: one instance, supervised by the same loop as under a guard, for a service manager of the host's own:
/// what it comes to is told to that one, and when it is over the shim ends as the program did.
/// </summary>
internal sealed class UnitShim(ShimOptions options, TimeProvider clock, TextWriter complaints)
{
    private static readonly int[] PassedOn = [SIGHUP, SIGUSR1, SIGUSR2];
    private static readonly int[] Stopping = [SIGTERM, SIGINT, SIGQUIT];
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly ConcurrentQueue<int> early = new();
    private volatile InstanceLoop? loop;

    public async Task<int> RunAsync()
    {
        var unit = ShimUnit.Read(options);
        // Processes whose parent died come to us, so that none can get away.
        using var orphans = new OrphanReaper(clock);
        foreach (var signal in PassedOn.Concat(Stopping))
            registrations.Add(PosixSignalRegistration.Create(Signals.ToPosix(signal), c => Take(c, signal)));
        // Passable, as the program may be another user's and its sockets are in there.
        var folder = Directory.CreateTempSubdirectory("myapp-exec-");
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return await RunAsync(unit, folder.FullName);
        }
        finally
        {
            registrations.ForEach(r => r.Dispose());
            folder.Delete(recursive: true);
        }
    }

    private async Task<int> RunAsync(Unit unit, string folder)
    {
        var paths = new GuardPaths(folder);
        Directory.CreateDirectory(paths.StateFolder);
        var context = new GuardContext(paths, new RecordStore(paths.StateFolder), new Poller(), clock, Report)
        {
            Parent = new ParentThread(),
            Listeners = new ListenerSource(ShimUnit.Given(unit), NoStore.Instance),
            PassesOutput = options.LogFolder is null,
        };
        using var log = new ServiceLog(context.Logs, options.LogFolder ?? paths.LogsFolder);
        // The runtime itself makes no instances; ours is the one that was asked for.
        using var sockets = new ServiceSockets(UnitKey.Of(unit).Service, context);
        await using var runtime = new UnitRuntime(context, new UnitRecord { Unit = unit with { Replicas = 0 } }, sockets, log, () => { });
        using var host = HostNotify.FromEnvironment();
        await using var instance = new InstanceLoop(context, runtime, options.Replica, log, restored: null);
        instance.Post(new StartRequested(clock.GetUtcNow()));
        loop = instance;
        while (early.TryDequeue(out var signal))
            Pass(signal);
        using (var words = new HostReport(host, instance, clock, unit))
            await words.UntilAtRestAsync();
        context.Cgroups.Remove();
        return ShimExit.Code(instance.State, instance.LastCause);
    }

    private void Take(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        if (loop is null)
            early.Enqueue(signal);
        else
            Pass(signal);
    }

    private void Pass(int signal)
    {
        if (Array.IndexOf(Stopping, signal) >= 0)
            loop?.Post(new StopRequested(clock.GetUtcNow()));
        else if (loop?.State.Process is { } process && ProcFs.IsAlive(process))
            _ = Libc.kill(-process.Pid, signal);
    }

    private void Report(string message) => complaints.WriteLine($"myapp-guard: {message}");
}
