using System.Diagnostics;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>A proxy by its own program, in a session of its own, until it is disposed.</summary>
internal sealed class StandingProxy : IAsyncDisposable
{
    private readonly Process process;
    private readonly string folder;

    private StandingProxy(Process process, string folder) => (this.process, this.folder) = (process, folder);

    /// <param name="arguments">FILE stands for the path of its settings.</param>
    /// <param name="settings">FOLDER in it stands for a folder of its own.</param>
    public static StandingProxy Start(string program, string[] arguments, string settings)
    {
        var folder = Workbench.NewFolder();
        var file = Path.Combine(folder, "settings");
        using (var text = new StreamWriter(file))
            text.Write(settings.Replace("FOLDER", folder, StringComparison.Ordinal));
        return new(Command.Start(["setsid", program, .. arguments.Select(a => a == "FILE" ? file : a)]), folder);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pid in ProcFs.Tree(process.Id).Select(ProcFs.Identify))
            ProcFs.Signal(pid!, Libc.SIGTERM);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
