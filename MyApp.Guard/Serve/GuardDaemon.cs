using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Control;
using MyApp.Guard.Fleet;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Serve;

/// <summary><c>myapp-guard serve</c>: the guard of one data folder.</summary>
internal sealed class GuardDaemon(ServeOptions options, TimeProvider clock, TextWriter journal)
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Conflict = 3;
    private readonly TaskCompletionSource<string> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<int> RunAsync()
    {
        var paths = new GuardPaths(options.DataFolder);
        PrepareFolders(paths);
        using var folder = FolderLock.TryTake(Path.Combine(paths.StateFolder, "lock"), out var holder);
        if (folder is null)
        {
            Report($"{paths.DataFolder} already has a guard: pid {holder}");
            return Conflict;
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => End(c, "SIGTERM"));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => End(c, "SIGINT"));
        // The terminal it was started from may go; the guard stays.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => c.Cancel = true);
        if (options.Tether)
            new Thread(AwaitTether, 128 * 1024) { IsBackground = true, Name = "tether" }.Start();
        await ServeAsync(paths);
        return 0;
    }

    private async Task ServeAsync(GuardPaths paths)
    {
        var context = new GuardContext(paths, new RecordStore(paths.StateFolder), new Poller(), clock, Report);
        var fleet = new UnitFleet(context);
        using var reaper = new OrphanReaper(clock);
        fleet.Restore();
        using (new ControlSocket(new RequestHandler(fleet, context, clock.GetUtcNow()), context))
        {
            Report($"serving {paths.DataFolder} at {paths.SocketPath}");
            Report($"{await end.Task}: stopping every unit");
        }

        await fleet.ShutDownAsync();
    }

    private void End(PosixSignalContext signal, string reason)
    {
        signal.Cancel = true;
        end.TrySetResult(reason);
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

        end.TrySetResult("the tether broke");
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
