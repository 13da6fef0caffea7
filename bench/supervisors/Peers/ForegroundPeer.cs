using System.Diagnostics;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Supervision.Processes;

namespace MyApp.Bench.Supervisors.Peers;

/// <summary>A supervisor that is a child of ours and stays in the foreground.</summary>
internal abstract class ForegroundPeer(string folder) : Peer(folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Process? process;

    protected abstract IReadOnlyList<string> CommandLine { get; }

    protected virtual IReadOnlyDictionary<string, string>? CommandEnvironment => null;

    protected int Pid => process!.Id;

    public override Task StartAsync(CancellationToken ct)
    {
        // In a session of its own, as init would start it.
        process = Command.Start(["setsid", .. CommandLine], CommandEnvironment);
        return Task.CompletedTask;
    }

    public override IReadOnlyList<int> Processes() => TreeWithoutServices(Pid);

    public override async Task StopAsync(CancellationToken ct)
    {
        if (process is not { HasExited: false })
            return;
        var all = ProcFs.Tree(Pid).Select(ProcFs.Identify).OfType<ProcessIdentity>().ToList();
        await EndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct).WaitAsync(Patience, TimeProvider.System, ct);
        }
        catch (TimeoutException)
        {
            ProcFs.Signal(all[0], Libc.SIGKILL);
        }

        foreach (var left in all)
            ProcFs.Signal(left, Libc.SIGKILL);
        process.Dispose();
        process = null;
    }

    /// <summary>Asks the supervisor to end with its services.</summary>
    protected virtual Task EndAsync(CancellationToken ct)
    {
        if (ProcFs.Identify(Pid) is { } supervisor)
            ProcFs.Signal(supervisor, Libc.SIGTERM);
        return Task.CompletedTask;
    }
}
