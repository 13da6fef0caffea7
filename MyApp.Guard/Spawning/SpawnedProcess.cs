using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>
/// The hidden <c>spawn</c> mode: the new process itself, before it becomes the program with execve. It changes only itself, and its
/// pid and start time stay the same.
/// </summary>
internal static unsafe class SpawnedProcess
{
    public const int OrderFd = 3;
    public const int FailureFd = 4;
    private const int Highest = 64;

    /// <summary>Returns only when it failed.</summary>
    public static int Run()
    {
        var order = JsonSerializer.Deserialize(Fd.ReadToEnd(OrderFd), SpawnJson.Default.SpawnOrder)!;
        var failure = Become(order);
        using var pipe = new SafeFileHandle(FailureFd, ownsHandle: true);
        Fd.WriteAll(pipe, JsonSerializer.SerializeToUtf8Bytes(failure, SpawnJson.Default.SpawnFailure));
        return 127;
    }

    private static SpawnFailure Become(SpawnOrder order)
    {
        // A service's files are its own: nothing for others unless it says so itself.
        if (!order.KeepUmask)
            _ = Libc.umask(0b000_010_111);
        if (order.OpenFiles is { } files && !LimitFiles((ulong)files))
            return Failed("setrlimit");
        if (order.Uid is { } uid && !ChangeUser(order, uid))
            return Failed("setuid");
        if (order.WorkingDirectory is { } folder && Libc.chdir(folder) < 0)
            return Failed("chdir");
        // After the change of user, which clears it.
        if (order.ParentDeathSignal != 0)
        {
            _ = Libc.prctl(PR_SET_PDEATHSIG, order.ParentDeathSignal, 0, 0, 0);
            if (Libc.getppid() != order.ParentPid)
                return new SpawnFailure("parent", ESRCH);
        }

        ResetSignals();
        _ = Libc.syscall(SYS_close_range, 3, int.MaxValue, CLOSE_RANGE_CLOEXEC, 0);
        using var arguments = new ArgumentBlock(order.Arguments);
        using var environment = new ArgumentBlock(order.Environment);
        using var path = new ArgumentBlock([order.Executable]);
        _ = Libc.execve(path.Pointer[0], arguments.Pointer, environment.Pointer);
        return Failed("execve");
    }

    private static bool LimitFiles(ulong files)
    {
        var limits = stackalloc ulong[2];
        limits[0] = limits[1] = files;
        return Libc.setrlimit(RLIMIT_NOFILE, limits) == 0;
    }

    private static bool ChangeUser(SpawnOrder order, uint uid) =>
        Libc.setgroups(order.Groups.Count, [.. order.Groups]) == 0
        && Libc.setresgid(order.Gid, order.Gid, order.Gid) == 0
        && Libc.setresuid(uid, uid, uid) == 0;

    // Handlers end with execve, but what is ignored stays ignored, and the .NET runtime ignores SIGPIPE.
    private static void ResetSignals()
    {
        // sizeof(struct sigaction) is 152 in glibc; the handler is its first member, and SIG_IGN is 1.
        var action = stackalloc nint[32];
        for (var number = 1; number <= Highest; number++)
        {
            if (Libc.sigaction(number, null, action) == 0 && action[0] == 1)
                _ = Libc.signal(number, 0);
        }

        var none = stackalloc byte[128];
        _ = Libc.sigemptyset(none);
        _ = Libc.pthread_sigmask(SIG_SETMASK, none, null);
    }

    private static SpawnFailure Failed(string step) => new(step, Marshal.GetLastPInvokeError());
}
