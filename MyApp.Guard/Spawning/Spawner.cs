using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>Starts programs: this binary again in its <c>spawn</c> mode, which becomes the program. fork in a threaded runtime is not safe.</summary>
internal static unsafe class Spawner
{
    private static readonly string Self = FindSelf();

    /// <summary>Starts a program as the leader of a session and a process group of its own.</summary>
    /// <returns>The pid, or why the program could not be started; then nothing is left running.</returns>
    public static (int Pid, SpawnFailure? Failure) Start(SpawnOrder order, SafeFileHandle input, SafeFileHandle output, SafeFileHandle error)
    {
        using var memory = Fd.Memory(JsonSerializer.SerializeToUtf8Bytes(order, SpawnJson.Default.SpawnOrder));
        var (read, write) = Fd.Pipe();
        using (read)
        {
            int pid;
            using (write)
                pid = Spawn([Fd.Number(input), Fd.Number(output), Fd.Number(error), Fd.Number(memory), Fd.Number(write)]);
            var answer = Fd.ReadToEnd(Fd.Number(read));
            if (answer.Length == 0)
                return (pid, null);
            _ = Libc.waitpid(pid, out _, 0);
            return (0, JsonSerializer.Deserialize(answer, SpawnJson.Default.SpawnFailure));
        }
    }

    private static int Spawn(ReadOnlySpan<int> descriptors)
    {
        // sizeof(posix_spawnattr_t) is 336 and of posix_spawn_file_actions_t 80 in glibc.
        var attributes = stackalloc byte[512];
        var actions = stackalloc byte[512];
        var set = stackalloc byte[128];
        _ = Libc.posix_spawnattr_init(attributes);
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        _ = Libc.sigfillset(set);
        _ = Libc.posix_spawnattr_setsigdefault(attributes, set);
        _ = Libc.sigemptyset(set);
        _ = Libc.posix_spawnattr_setsigmask(attributes, set);
        for (var target = 0; target < descriptors.Length; target++)
            _ = Libc.posix_spawn_file_actions_adddup2(actions, descriptors[target], target);
        try
        {
            using var arguments = new ArgumentBlock([Self, "spawn"]);
            using var environment = new ArgumentBlock(OwnEnvironment());
            var error = Libc.posix_spawn(out var pid, Self, actions, attributes, arguments.Pointer, environment.Pointer);
            return error == 0 ? pid : throw new NativeException($"posix_spawn {Self}", error);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    // The managed build needs to find its runtime, so spawn mode gets our own environment; the program gets only its order's.
    private static List<string> OwnEnvironment()
    {
        var all = new List<string>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            all.Add($"{entry.Key}={entry.Value}");
        return all;
    }

    private static string FindSelf()
    {
        var path = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(path) == "dotnet" ? Path.Combine(AppContext.BaseDirectory, "myapp-guard") : path;
    }
}
