using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Containment;
using MyApp.Guard.Control;
using MyApp.Guard.Fleet;
using MyApp.Guard.Keeping;
using MyApp.Guard.Metrics;
using MyApp.Guard.Native;
using MyApp.Guard.Sockets;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Serve;

/// <summary><c>myapp-guard serve</c>: the guard of one data folder.</summary>
internal sealed class GuardDaemon(ServeOptions options, TimeProvider clock, TextWriter journal)
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Conflict = 3;
    private readonly Channel<Order> orders = Channel.CreateUnbounded<Order>(new UnboundedChannelOptions { SingleReader = true });
    private readonly GuardPaths paths = new(options.DataFolder);

    /// <summary>What ends this guard, or (with a binary) makes it another one.</summary>
    private sealed record Order(string Reason, string? Binary = null);

    public async Task<int> RunAsync()
    {
        // Looked up before the file may be replaced.
        _ = GuardUpgrade.OwnBinary;
        var handover = Handover.Take();
        PrepareFolders(paths);
        using var folder = handover.Claim(Handover.Lock) is { } kept ? FolderLock.Adopt(kept) : await TakeLockAsync();
        if (folder is null)
            return Conflict;
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => End(c, "SIGTERM"));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => End(c, "SIGINT"));
        if (options.Tether)
            new Thread(AwaitTether, 128 * 1024) { IsBackground = true, Name = "tether" }.Start();
        await ServeAsync(folder, handover);
        return 0;
    }

    private async Task<FolderLock?> TakeLockAsync()
    {
        var (taken, holder) = await FolderLock.TryTakeAsync(Path.Combine(paths.StateFolder, "lock"), clock);
        if (taken is null)
            Report($"{paths.DataFolder} already has a guard: pid {holder}");
        return taken;
    }

    private async Task ServeAsync(FolderLock folder, Handover handover)
    {
        var since = clock.GetUtcNow();
        var poller = new Poller();
        var keeper = handover.Claim(Handover.Keeper) is { } socket ? new Keeper(socket, handover.Names, poller) : null;
        var store = NoStore.Unless(keeper);
        store.Keep(Handover.Lock, folder.Descriptor);
        var context = new GuardContext(paths, new RecordStore(paths.StateFolder), poller, clock, Report, keeper)
        {
            Listeners = new ListenerSource(handover.ClaimAll("forward:", "inherit:"), store),
        };
        var fleet = new UnitFleet(context);
        OrphanReaper.TakeOrphans();
        fleet.Restore();
        // Only now is it known whom an upgrade has left us, who is no orphan.
        using var reaper = new OrphanReaper(clock);
        var metrics = new FleetMetrics(fleet, context, GuardVersion.Number, since);
        using var reload = new UnitReload(PrepareUnits(context.Cgroups), fleet, context);
        // The terminal it was started from may go; the guard stays.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => { c.Cancel = true; _ = ReloadAsync(reload); });
        var duties = new GuardDuties(reload, metrics, binary => orders.Writer.TryWrite(new Order("upgrade", binary)));
        using (var control = new ControlSocket(new RequestHandler(fleet, context, duties, since), context, handover.Claim(Handover.Control)))
        using (options.Metrics is null ? null : OpenMetrics(metrics))
        using (options.Otlp is null ? null : new OtlpPush(options.Otlp, options.OtlpInterval, metrics, clock, Report))
        {
            store.Keep(Handover.Control, control.Descriptor);
            handover.CloseRest();
            context.Listeners.CloseRest();
            keeper?.ForgetRest();
            keeper?.Follow(GuardUpgrade.OwnBinary);
            Report($"serving {paths.DataFolder} at {paths.SocketPath}");
            _ = ReloadAsync(reload);
            await UntilEndAsync(control, folder, fleet, context);
        }

        await fleet.ShutDownAsync();
    }

    private async Task UntilEndAsync(ControlSocket control, FolderLock folder, UnitFleet fleet, GuardContext context)
    {
        while (await orders.Reader.ReadAsync() is { Binary: { } binary })
            await BecomeAsync(binary, control, folder, fleet, context);
        Report("stopping every unit");
    }

    // Returns only when it failed.
    private async Task BecomeAsync(string binary, ControlSocket control, FolderLock folder, UnitFleet fleet, GuardContext context)
    {
        await control.PauseAsync();
        Report($"becoming {binary}");
        // A connection that is being forwarded ends with this program; short ones get their answer before.
        await fleet.HoldConnectionsAsync(options.UpgradeDrain);
        await context.Dossiers.WhenWrittenAsync();
        List<(string, int)> left = [(Handover.Lock, folder.Descriptor), (Handover.Control, control.Descriptor), .. fleet.Listeners, .. GuardUpgrade.Pipes(paths.StateFolder)];
        if (context.Keeper is { } keeper)
            left.Add((Handover.Keeper, keeper.Descriptor));
        var failure = GuardUpgrade.Become(binary, left, endsWithParent: context.Keeper is not null);
        Report($"{failure.Message}: going on as before");
        fleet.ReleaseConnections();
        control.Resume();
    }

    private UnitFolder PrepareUnits(CgroupRoot cgroups)
    {
        if (options.UnitsFolder is { } given)
            return new UnitFolder(given, cgroups);
        var own = Path.Combine(paths.StateFolder, "units.d");
        Directory.CreateDirectory(own, OwnerFolder);
        return new UnitFolder(own, cgroups);
    }

    private async Task ReloadAsync(UnitReload reload)
    {
        try
        {
            var report = await reload.RunAsync(dryRun: false, CancellationToken.None);
            foreach (var line in report.Changes.Select(c => c.ToString()).Concat(report.Problems))
                Report(line);
            if (report.Problems.Count > 0)
                Report("the units are wrong, so nothing was changed");
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            // Nobody waits for a reload at the start or by a signal.
            Report($"the units could not be read or changed: {e.Message}");
        }
    }

    // A port that somebody else has must not keep the guard from its units.
    private MetricsEndpoint? OpenMetrics(FleetMetrics metrics)
    {
        try
        {
            var endpoint = new MetricsEndpoint(options.Metrics!, metrics, clock);
            Report($"metrics at http://{endpoint.Address}/metrics");
            return endpoint;
        }
        catch (SocketException e)
        {
            Report($"no metrics at {options.Metrics}: {e.Message}");
            return null;
        }
    }

    private void End(PosixSignalContext signal, string reason)
    {
        signal.Cancel = true;
        End(reason);
    }

    private void End(string reason)
    {
        Report(reason);
        orders.Writer.TryWrite(new Order(reason));
    }

    private void AwaitTether()
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        Span<byte> ignored = stackalloc byte[256];
        try
        {
            while (Fd.Read(Fd.Number(input), ignored) != 0)
            {
            }
        }
        catch (NativeException)
        {
            // No standard input is as good as its end.
        }

        End("the tether broke");
    }

    private static void PrepareFolders(GuardPaths paths)
    {
        Directory.CreateDirectory(paths.StateFolder, OwnerFolder);
        File.SetUnixFileMode(paths.StateFolder, OwnerFolder);
        var socketFolder = Path.GetDirectoryName(paths.SocketPath)!;
        if (socketFolder == paths.StateFolder)
            return;
        // A name in /tmp that anyone can guess and may have made before: setting its mode fails unless it is ours.
        Directory.CreateDirectory(socketFolder, OwnerFolder);
        if (new DirectoryInfo(socketFolder).LinkTarget is not null)
            throw new IOException($"{socketFolder} is a link, which no guard has made");
        File.SetUnixFileMode(socketFolder, OwnerFolder);
    }

    private void Report(string message) => journal.WriteLine($"myapp-guard: {message}");
}
