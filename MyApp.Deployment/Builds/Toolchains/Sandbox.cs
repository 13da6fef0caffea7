using System.Globalization;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>
/// What surrounds a command that the source itself chose: limits by prlimit (util-linux), and bubblewrap where it is there and the kernel lets
/// this user use it. In it the whole file system is read-only but for the build's own folder, homes and the data folder are empty, and no other
/// process is seen.
/// </summary>
/// <param name="Prefix">Words that come before the command.</param>
/// <param name="Description">For a person; also where there is no sandbox, and why.</param>
internal sealed record Sandbox(IReadOnlyList<string> Prefix, string Description)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly string[] Homes = ["/root", "/home"];

    public static async Task<Sandbox> FindAsync(BuildContext context, bool network, CancellationToken ct)
    {
        var limits = Limits(context);
        if (ProgramSearch.Find("bwrap") is not { } bwrap)
            return Without(network, limits, "bubblewrap is not installed");
        // The smallest use of what the build will need.
        var tried = await LocalHost.RunAsync(
            new(bwrap, ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--unshare-net", "--", "/bin/true"])
            {
                Timeout = TimeSpan.FromSeconds(10), User = BuildUser.For(context.Paths),
            },
            ct);
        if (tried.ExitCode != 0)
            return Without(network, limits, $"bubblewrap can't be used here: {tried.Error.Trim().Split('\n')[0]}");
        return new([bwrap, .. Arguments(context, network), "--", .. limits], network ? "in a sandbox" : "in a sandbox without network");
    }

    private static Sandbox Without(bool network, IReadOnlyList<string> limits, string why) =>
        network
            ? new(limits, $"without a sandbox: {why}")
            : throw new BuildFailedException($"build.network is off, and that needs a sandbox: {why}. Install it ('apt-get install bubblewrap'), or set build.network to on");

    private static IEnumerable<string> Arguments(BuildContext context, bool network)
    {
        // Not --die-with-parent: the kernel means the thread that started it, and threads of a pool end before the build does.
        string[] all = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];
        foreach (var word in all)
            yield return word;
        foreach (var hidden in Homes.Concat(["/tmp", "/run", context.Paths.DataFolder]).Where(Directory.Exists))
        {
            yield return "--tmpfs";
            yield return hidden;
        }

        foreach (var folder in ToolsInHomes(context))
        {
            yield return "--ro-bind";
            yield return folder;
            yield return folder;
        }

        yield return "--bind";
        yield return context.Workspace.Folder;
        yield return context.Workspace.Folder;
        if (!network)
            yield return "--unshare-net";
    }

    // Compilers that live in somebody's home are still to be run, where the build is that somebody.
    private static IEnumerable<string> ToolsInHomes(BuildContext context) =>
        BuildUser.For(context.Paths) is null
            ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .Where(folder => Homes.Any(home => folder.StartsWith(home + "/", StringComparison.Ordinal)) && Directory.Exists(folder))
            : [];

    private static IReadOnlyList<string> Limits(BuildContext context)
    {
        if (ProgramSearch.Find("prlimit") is not { } prlimit)
            return [];
        var limits = context.Build.Limits;
        List<string> words = [prlimit, $"--fsize={limits.Output.ToString(CultureInfo.InvariantCulture)}", "--core=0"];
        if (limits.Memory is { } memory)
            words.Add($"--as={memory.ToString(CultureInfo.InvariantCulture)}");
        // Outlives this process, should that be killed; the pipeline's own limit comes first.
        return ProgramSearch.Find("timeout") is { } timeout
            ? [.. words, "--", timeout, "--signal=KILL", $"{(limits.Time + Patience).TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}s"]
            : [.. words, "--"];
    }
}
