using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Control;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Serve;

/// <summary>
/// Turns this process into another guard binary with execve: the pid stays, so the children stay ours, with the exits they may have
/// meanwhile. All state is in files at any time, as for a guard that is killed; beside them only descriptors are handed over.
/// </summary>
internal static class GuardUpgrade
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The file this guard was started from, known before it may be replaced.</summary>
    public static string OwnBinary { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? Path.Combine(AppContext.BaseDirectory, "myapp-guard") : Environment.ProcessPath!;

    /// <summary>Runs the binary once to see that it is a guard, works here and understands our state.</summary>
    /// <exception cref="GuardException"><c>bad-request</c>: it does not; the message says how.</exception>
    public static async Task CheckAsync(string binary)
    {
        if (!Path.IsPathRooted(binary) || !File.Exists(binary))
            throw new GuardException("bad-request", $"binary: {binary} is not there; give an absolute path");
        var answer = await AskVersionAsync(binary);
        var words = answer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["myapp-guard", _, "state", var state] || !int.TryParse(state, NumberStyles.None, CultureInfo.InvariantCulture, out var form))
            throw new GuardException("bad-request", $"binary: {binary} --version is answered '{(answer.Length > 200 ? answer[..200] : answer)}', which no guard says");
        if (form < GuardVersion.StateForm)
            throw new GuardException("bad-request", $"binary: {binary} is older: it does not understand the files of this guard (form {form}, here {GuardVersion.StateForm})");
    }

    /// <summary>Returns only when it failed: then everything is as before.</summary>
    /// <param name="endsWithParent">The parent is our keeper, with which we end.</param>
    public static unsafe NativeException Become(string binary, IReadOnlyList<(string Name, int Descriptor)> left, bool endsWithParent)
    {
        using var leaving = Handover.Leave(left);
        using var path = new ArgumentBlock([binary]);
        using var arguments = new ArgumentBlock([binary, .. OwnArguments()]);
        using var environment = new ArgumentBlock([.. OwnEnvironment(), leaving.Variable]);
        // A signal mask is inherited.
        var none = stackalloc byte[128];
        _ = Libc.sigemptyset(none);
        _ = Libc.pthread_sigmask(SIG_SETMASK, none, null);
        // A death signal is the thread's, and the thread that calls execve is the only one there is afterwards.
        if (endsWithParent)
            _ = Libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        _ = Libc.execve(path.Pointer[0], arguments.Pointer, environment.Pointer);
        return NativeException.Last($"execve {binary}");
    }

    /// <summary>The pipes of instances that this guard has open.</summary>
    public static IEnumerable<(string Name, int Descriptor)> Pipes(string stateFolder)
    {
        var run = Path.Combine(stateFolder, "run") + "/";
        foreach (var entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            var number = int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);
            if (ProcFs.LinkTarget(Environment.ProcessId, number)?.StartsWith(run, StringComparison.Ordinal) == true)
                yield return (Handover.Hold, number);
        }
    }

    private static async Task<string> AskVersionAsync(string binary)
    {
        using var input = Fd.Open("/dev/null", O_RDONLY);
        var (read, write) = Fd.Pipe();
        using (read)
        {
            int pid;
            using (write)
            {
                var order = new SpawnOrder { Executable = binary, Arguments = [binary, "--version"], Environment = OwnEnvironment() };
                (pid, var failure) = Spawner.Start(order, input, write, write);
                if (failure is not null)
                    throw new GuardException("bad-request", $"binary: {binary} can't be run: {failure.Step}: {Marshal.GetPInvokeErrorMessage(failure.Errno)}");
            }

            var said = Task.Run(() => Fd.ReadToEnd(Fd.Number(read)));
            if (await Task.WhenAny(said, Task.Delay(Patience, TimeProvider.System)) != said)
                _ = Libc.kill(pid, SIGKILL);
            // It has closed its output, so it ends by itself or has been made to.
            var text = Encoding.UTF8.GetString(await said).Trim();
            _ = Libc.kill(pid, SIGKILL);
            _ = Children.Reap(pid);
            return text;
        }
    }

    private static string[] OwnArguments() => Environment.GetCommandLineArgs()[1..];

    private static List<string> OwnEnvironment()
    {
        var all = new List<string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            all.Add($"{entry.Key}={entry.Value}");
        return all;
    }
}
