using System.Runtime.InteropServices;

namespace MyApp.Bench.Supervisors.Measuring;

/// <summary>A program started by posix_spawn and nothing else: the floor no supervisor can be under.</summary>
internal static unsafe class Spawned
{
    public static int Start(string program, params string[] environment)
    {
        var arguments = Block([program]);
        var variables = Block(environment);
        // sizeof(posix_spawn_file_actions_t) is 80 in glibc.
        var actions = stackalloc byte[128];
        _ = Libc.posix_spawn_file_actions_init(actions);
        // sizeof(posix_spawnattr_t) is 336. A session of its own, as supervisors give their services: the scheduler shares time between sessions.
        var attributes = stackalloc byte[512];
        _ = Libc.posix_spawnattr_init(attributes);
        _ = Libc.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETSID);
        for (var fd = 0; fd < 3; fd++)
            _ = Libc.posix_spawn_file_actions_addopen(actions, fd, "/dev/null", Libc.O_RDWR, 0);
        try
        {
            var error = Libc.posix_spawn(out var pid, program, actions, attributes, arguments, variables);
            return error == 0 ? pid : throw new InvalidOperationException($"posix_spawn {program}: error {error}");
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
            Free(arguments);
            Free(variables);
        }
    }

    public static void End(int pid)
    {
        _ = Libc.kill(pid, Libc.SIGKILL);
        _ = Libc.waitpid(pid, out _, 0);
    }

    private static byte** Block(string[] words)
    {
        var block = (byte**)NativeMemory.AllocZeroed((nuint)(words.Length + 1), (nuint)sizeof(nint));
        for (var i = 0; i < words.Length; i++)
            block[i] = (byte*)Marshal.StringToCoTaskMemUTF8(words[i]);
        return block;
    }

    private static void Free(byte** block)
    {
        for (var word = block; *word is not null; word++)
            Marshal.FreeCoTaskMem((nint)(*word));
        NativeMemory.Free(block);
    }
}
