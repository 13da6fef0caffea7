using System.Diagnostics;
using MyApp.Supervision.Control;

namespace MyApp.Tests.Support;

/// <summary>A real guard on a data folder of its own, which goes with it. Everything it runs ends with it too.</summary>
internal sealed class GuardProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Process process = null!;
    private IReadOnlyList<string> arguments = [];
    private IReadOnlyList<string> runner = [];
    private IReadOnlyDictionary<string, string> environment = new Dictionary<string, string>();

    private GuardProcess(string dataFolder)
    {
        DataFolder = dataFolder;
        Client = new GuardClient(new GuardPaths(dataFolder).SocketPath);
    }

    public string DataFolder { get; }

    public GuardClient Client { get; }

    /// <summary>Of the guard itself, which may have a keeper for its parent.</summary>
    public int Pid { get; private set; }

    public int KeeperPid => IsKept ? process.Id : throw new InvalidOperationException("this guard has no keeper");

    public bool IsKept => Pid != process.Id;

    /// <summary>What it has written to standard error.</summary>
    public ConcurrentLines Journal { get; } = new();

    /// <summary>The native binary where it was built, else the managed one; <c>MYAPP_GUARD</c> overrides.</summary>
    public static string Binary()
    {
        if (Environment.GetEnvironmentVariable("MYAPP_GUARD") is { Length: > 0 } named)
            return named;
        var root = RepositoryRoot();
        var candidates = new[] { "artifacts/guard/myapp-guard" }
            .Concat(new[] { "Debug", "Release" }.SelectMany(c => new[] { "net9.0", "net10.0" }.Select(f => $"MyApp.Guard/bin/{c}/{f}/myapp-guard")))
            .Select(p => Path.Combine(root, p));
        return candidates.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("the guard has not been built");
    }

    public static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MyApp.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests run outside the checkout");
        return folder.FullName;
    }

    /// <summary>Returns when it answers.</summary>
    /// <param name="arguments">Beside those that every guard of a test gets.</param>
    public static Task<GuardProcess> StartAsync(CancellationToken ct, params string[] arguments) => StartAsync(new(Fresh()) { arguments = arguments }, ct);

    /// <param name="environment">Beside that of the tests.</param>
    public static Task<GuardProcess> StartWithAsync(IReadOnlyDictionary<string, string> environment, CancellationToken ct) =>
        StartAsync(new(Fresh()) { environment = environment }, ct);

    /// <param name="runner">A program, with its arguments, that becomes the guard.</param>
    public static Task<GuardProcess> StartThroughAsync(IReadOnlyList<string> runner, CancellationToken ct)
    {
        var guard = new GuardProcess(Fresh()) { runner = runner };
        // It may be another user's, who has to get to its folder.
        new DirectoryInfo(guard.DataFolder).UnixFileMode |= UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return StartAsync(guard, ct);
    }

    private static async Task<GuardProcess> StartAsync(GuardProcess guard, CancellationToken ct)
    {
        await guard.StartAgainAsync(ct);
        return guard;
    }

    private static string Fresh()
    {
        var folder = Directory.CreateTempSubdirectory("myapp-guard-test-");
        // Services run as users of their own and have to get to their binaries.
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return folder.FullName;
    }

    /// <summary>Starts a new guard on the same folder.</summary>
    public async Task StartAgainAsync(CancellationToken ct)
    {
        string[] command = [.. runner, Binary(), "serve", "--data", DataFolder, "--tether", .. arguments];
        process = StartProgram(command[0], command[1..], environment);
        process.ErrorDataReceived += (_, line) => Journal.Add(line.Data);
        process.BeginErrorReadLine();
        await Eventually.TrueAsync(async () => await AnswersAsync(ct), $"the guard answers; it says: {Journal}", Patience, ct);
    }

    /// <summary>SIGKILL to the guard alone; returns when its keeper has started another one, and that answers.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        var before = Pid;
        Signals.Send(before, Signals.Kill);
        await UntilAnotherAsync(before, ct);
    }

    /// <summary>Waits for a guard to answer that is not this one.</summary>
    public Task UntilAnotherAsync(int before, CancellationToken ct) =>
        Eventually.TrueAsync(async () => await AnswersAsync(ct) && Pid != before, $"another guard answers; it says: {Journal}", Patience, ct);

    /// <summary>SIGKILL to what was started: to the guard, or to its keeper and with it the guard. No other takes its place.</summary>
    public async Task CrashAsync(CancellationToken ct)
    {
#pragma warning disable RS0030 // our own child, which has not been waited for
        process.Kill();
#pragma warning restore RS0030
        await process.WaitForExitAsync(ct);
    }

    /// <summary>Ends the guard by breaking its tether.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(CancellationToken ct)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(ct);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        if (process.HasExited)
            // Whatever a killed guard has left running is ended by a new one.
            await StartAgainAsync(deadline.Token);
        await StopAllAsync(deadline.Token);
        await EndAsync(deadline.Token);
        process.Dispose();
        Directory.Delete(DataFolder, recursive: true);
    }

    /// <summary><c>myapp-guard ctl</c> on this guard.</summary>
    public Task<(int Code, string Output, string Error)> CtlAsync(CancellationToken ct, params string[] words) => RunAsync(ct, ["ctl", "--data", DataFolder, .. words]);

    /// <summary>Runs the guard binary to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(CancellationToken ct, params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs the guard binary with redirected streams.</summary>
    public static Process Start(params string[] arguments) => StartProgram(Binary(), arguments, new Dictionary<string, string>());

    /// <summary>Runs a shell script, which is to become the guard, in the same way.</summary>
    public static Process StartIn(string script, params string[] arguments) => StartProgram("/bin/sh", ["-c", script, .. arguments], new Dictionary<string, string>());

    private static Process StartProgram(string program, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
#pragma warning disable RS0030 // the tests' one place to start the guard
        return Process.Start(start)!;
#pragma warning restore RS0030
    }

    private async Task StopAllAsync(CancellationToken ct)
    {
        foreach (var unit in (await Client.StatusAsync(null, null, ct)).Units)
            await Client.RemoveAsync(unit.Service, unit.Environment, unit.Release, ct);
    }

    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            Pid = (await Client.HelloAsync(ct)).Pid;
            return Pid == process.Id || ProcStat.Of(Pid)?.Parent == process.Id;
        }
        catch (GuardException)
        {
            return false;
        }
    }
}
