using System.Runtime.InteropServices;
using MyApp.Supervision.Restarts;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>Says in words why a program could not be started.</summary>
internal static class SpawnWords
{
    public static ExitCause Cause(SpawnFailure failure, SpawnOrder order) =>
        new(ExitKind.NotStarted, failure.Errno, Detail: $"could not be started: {Explain(failure, order)}");

    /// <summary>The system call the step is.</summary>
    public static string Name(SpawnStep step) => step switch
    {
        SpawnStep.SetSession => "setsid",
        SpawnStep.Cgroup => "joining the cgroup",
        SpawnStep.Descriptors => "dup3",
        SpawnStep.Limits => "setrlimit",
        SpawnStep.Nice => "setpriority",
        SpawnStep.OomScore => "oom_score_adj",
        SpawnStep.User => "setuid",
        SpawnStep.NoNewPrivileges => "no_new_privs",
        SpawnStep.Folder => "chdir",
        SpawnStep.Parent => "parent",
        SpawnStep.Exec => "execve",
        _ => "clone",
    };

    private static string Explain(SpawnFailure failure, SpawnOrder order) => (failure.Step, failure.Errno) switch
    {
        (SpawnStep.Exec, ENOENT) when File.Exists(order.Executable) => $"ENOENT: {order.Executable} is there, but its interpreter or loader is not",
        (SpawnStep.Exec, ENOENT) => $"ENOENT: there is no file {order.Executable}",
        (SpawnStep.Exec, EACCES) => $"EACCES: {order.Executable} is not executable, or a folder above it is closed, for {Who(order)}",
        (SpawnStep.Exec, ENOEXEC) => $"ENOEXEC: {order.Executable} is not a program for this machine{Architecture(order.Executable)}",
        (SpawnStep.Folder, _) => $"the working folder {order.WorkingDirectory}: {Words(failure.Errno)}",
        (SpawnStep.Limits, _) => $"{string.Join(", ", order.Limits.Select(l => $"{l.Name} {l.Value}"))}: {Words(failure.Errno)}",
        (SpawnStep.Nice, _) => $"process.nice {order.Nice}: {Words(failure.Errno)}",
        (SpawnStep.OomScore, _) => $"process.oomScoreAdjust {order.OomScoreAdjust}: {Words(failure.Errno)}",
        _ => $"{Name(failure.Step)}: {Words(failure.Errno)}",
    };

    private static string Who(SpawnOrder order) => order.Uid is { } uid ? $"user id {uid}" : "the guard's user";

    private static string Words(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    // An ELF header: 7f 45 4c 46 … and the machine at offset 18; see elf(5).
    private static string Architecture(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var header = new byte[20];
            if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
                return " (neither a binary nor a script that begins with #!)";
            var name = BitConverter.ToUInt16(header, 18) switch { 3 => "x86", 40 => "arm", 62 => "x64", 183 => "arm64", 243 => "riscv64", var n => $"ELF machine {n}" };
            return $" (built for {name}; this is {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
