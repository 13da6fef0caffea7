using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Shim;

/// <summary>
/// <c>myapp-guard exec</c>: runs one program in a session of its own and stands for it: passes signals on, passes its exit code back,
/// and leaves nothing of it running when it goes.
/// </summary>
internal sealed class ExecShim(ShimOptions options, TextWriter complaints) : IDisposable
{
    private readonly ConcurrentQueue<int> signals = new();
    private readonly SafeFileHandle wake = Fd.EventCounter();
    private readonly List<PosixSignalRegistration> registrations = [];

    public int Run()
    {
        if (FindOrder() is not { } order)
            return 127;
        // Processes whose parent in the group died come to us, so that none can get away.
        _ = Libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        foreach (var signal in new[] { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM })
            registrations.Add(PosixSignalRegistration.Create(Signals.ToPosix(signal), context => Enqueue(context, signal)));
        var (pid, failure) = Start(order);
        if (failure is null)
            return new ShimmedGroup(pid, options, wake, signals).Attend();
        complaints.WriteLine($"myapp-guard: {options.Command[0]}: {SpawnWords.Name(failure.Step)}: {Marshal.GetPInvokeErrorMessage(failure.Errno)}");
        // As shells answer: 127 not found, 126 found and not executable.
        return failure.Errno == ENOENT ? 127 : 126;
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        wake.Dispose();
    }

    private (int Pid, SpawnFailure? Failure) Start(SpawnOrder order)
    {
        using var input = options.Tether ? Fd.Open("/dev/null", O_RDONLY) : new SafeFileHandle(0, ownsHandle: false);
        using var output = new SafeFileHandle(1, ownsHandle: false);
        using var error = new SafeFileHandle(2, ownsHandle: false);
        return Spawner.Start(order, input, output, error);
    }

    private SpawnOrder? FindOrder()
    {
        var user = options.User is null ? null : UserLookup.Find(options.User);
        if (options.User is not null && user is null)
        {
            complaints.WriteLine($"myapp-guard: there is no user '{options.User}'");
            return null;
        }

        if (OnPath(options.Command[0]) is not { } executable)
        {
            complaints.WriteLine($"myapp-guard: {options.Command[0]}: not found on PATH");
            return null;
        }

        // An unprivileged caller that names itself has nothing to drop, and may not call setgroups.
        var same = user is null || (user.Uid == Libc.geteuid() && user.Uid != 0);
        return new SpawnOrder
        {
            Executable = executable,
            Arguments = options.Command,
            Environment = EnvironmentFor(user),
            WorkingDirectory = options.WorkingDirectory,
            Uid = same ? null : user!.Uid,
            Gid = user?.Gid ?? 0,
            Groups = user?.Groups ?? [],
            ListenSockets = InheritedSockets.Read(Environment.GetEnvironmentVariable),
            ParentDeathSignal = SIGKILL,
        };
    }

    private static List<string> EnvironmentFor(UserIdentity? user)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            all[(string)entry.Key] = (string?)entry.Value ?? "";
        foreach (var name in InheritedSockets.Variables)
            all.Remove(name);
        if (user is not null)
        {
            all["USER"] = all["LOGNAME"] = user.Name;
            all["HOME"] = user.Home ?? "/";
        }

        return [.. all.Select(e => $"{e.Key}={e.Value}")];
    }

    private static string? OnPath(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal))
            return Path.GetFullPath(command);
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(f => Path.Combine(f, command)).FirstOrDefault(File.Exists);
    }

    private void Enqueue(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        signals.Enqueue(signal);
        Fd.WriteAll(wake, BitConverter.GetBytes(1UL));
    }
}
