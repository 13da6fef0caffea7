using System.Globalization;

namespace MyApp.Tests.Support;

/// <summary>
/// A host whose first process is systemd: systemd-nspawn on an overlay of this machine's root file system, with its network. Needs root
/// and systemd-container; where they are missing <see cref="Missing"/> says so, and nothing is started.
/// </summary>
public sealed class SystemdHost : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder folder = new();
    private ToolProcess? nspawn;
    private int init;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Why there is no host; null: there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>Has the same path in the host.</summary>
    public string Shared => folder.Folder("shared");

    private string Root => folder.Folder("root");

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/systemd-nspawn"))
        {
            Missing = "needs root and systemd-nspawn";
            return;
        }

        var (exit, words) = await ToolProcess.RunAsync(
            "mount", ["-t", "overlay", "overlay", "-o", $"lowerdir=/,upperdir={folder.Folder("upper")},workdir={folder.Folder("work")}", Root], ct: Ct);
        if (exit != 0)
        {
            Missing = $"no overlay can be mounted: {words}";
            return;
        }

        nspawn = ToolProcess.Start("/usr/bin/systemd-nspawn",
            ["-q", "-D", Root, "--register=no", "--keep-unit", $"--machine=test-{Environment.ProcessId}", $"--bind={Shared}", "--console=pipe", "-b", "systemd.unit=basic.target"]);
        await Eventually.TrueAsync(() => (init = Init()) != 0, $"the host has a first process: {nspawn.Output}", Patience, Ct);
        await Eventually.TrueAsync(async () => (await ControlAsync("is-active", "basic.target")).ExitCode == 0, $"the host is up: {nspawn.Output}", Patience, Ct);
    }

    /// <summary>Puts a unit file in its place, and has systemd read it.</summary>
    public async Task PlaceAsync(string name, string text)
    {
        await File.WriteAllLinesAsync(Path.Combine(Root, "etc/systemd/system", name), text.Split('\n'), Ct);
        await ControlAsync("daemon-reload");
    }

    /// <summary><c>systemctl</c> in the host.</summary>
    public Task<(int ExitCode, string Output)> ControlAsync(params string[] arguments) => RunAsync(["systemctl", .. arguments]);

    /// <summary>A program in the host.</summary>
    public Task<(int ExitCode, string Output)> RunAsync(params string[] command) =>
        ToolProcess.RunAsync("/usr/bin/nsenter", ["-t", init.ToString(CultureInfo.InvariantCulture), "-m", "-u", "-i", "-p", "-C", .. command], ct: Ct);

    public async Task<string> ShowAsync(string unit, string property) => (await ControlAsync("show", "--value", "-p", property, unit)).Output.Trim();

    public Task UntilAsync(string unit, string property, string value) =>
        Eventually.TrueAsync(async () => await ShowAsync(unit, property) == value, $"{property} of {unit} is {value}", Patience, Ct);

    public async ValueTask DisposeAsync()
    {
        if (nspawn is not null)
            await nspawn.DisposeAsync();
        if (Missing is null)
            _ = await ToolProcess.RunAsync("umount", [Root], ct: CancellationToken.None);
        folder.Dispose();
    }

    private int Init() => ProcStat.Running().Where(p => p.Parent == nspawn!.Pid && NameOf(p.Pid) == "systemd").Select(p => p.Pid).FirstOrDefault();

    private static string NameOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
