using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Sources;

/// <summary>Reads repositories through the git program: no prompts, no hooks, no program that a repository names.</summary>
public static class Git
{
    // ext:: would run whatever the address says; a file-system monitor is a program that the repository's configuration could name.
    private static readonly string[] Safe = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"];

    private static readonly SortedDictionary<string, string> Silent = new(StringComparer.Ordinal)
    {
        ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_ASKPASS"] = "/bin/false", ["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oConnectTimeout=15", ["LC_ALL"] = "C",
    };

    /// <summary>Checks out one state of a repository, without its history.</summary>
    /// <param name="folder">Must not exist.</param>
    /// <param name="submodules">Fetch them too.</param>
    /// <param name="timeout">Of each call of git.</param>
    /// <exception cref="SourceRefusedException">The repository or ref can't be had; the message is git's own.</exception>
    public static async Task FetchAsync(GitAddress address, string folder, bool submodules, TimeSpan timeout, CancellationToken ct)
    {
        if (address.Ref is { } wanted && (wanted.StartsWith('-') || wanted.Contains(':', StringComparison.Ordinal)))
            throw new SourceRefusedException(SourceRefusal.UnsafeName, $"'{EntryNames.Shown(wanted)}' is no name of a branch, tag or commit");
        Directory.CreateDirectory(folder);
        await RequireAsync(address, folder, ["init", "--quiet"], timeout, ct);
        await RequireAsync(address, folder, ["fetch", "--quiet", "--depth=1", "--no-tags", "--", address.Url, address.Ref ?? "HEAD"], timeout, ct);
        await RequireAsync(address, folder, ["checkout", "--quiet", "--detach", "FETCH_HEAD"], timeout, ct);
        await RequireAsync(address, folder, ["remote", "add", "origin", address.Url], timeout, ct);
        if (submodules)
            await RequireAsync(address, folder, ["submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"], timeout, ct);
    }

    /// <summary>Null where the folder is in no work tree with a commit, or git is not there.</summary>
    public static async Task<VcsState?> StateAsync(string folder, CancellationToken ct)
    {
        if (await ReadAsync(folder, ["rev-parse", "HEAD"], ct) is not { } commit)
            return null;
        var changes = await ReadAsync(folder, ["status", "--porcelain", "--", "."], ct);
        var remote = await ReadAsync(folder, ["remote", "get-url", "origin"], ct);
        return new(commit, changes is not "", remote is null ? null : GitAddress.WithoutSecrets(remote));
    }

    /// <summary>The branch that is checked out; null: none is, the folder is in no work tree, or git is not there.</summary>
    public static Task<string?> BranchAsync(string folder, CancellationToken ct) => ReadAsync(folder, ["symbolic-ref", "--quiet", "--short", "HEAD"], ct);

    private static async Task<string?> ReadAsync(string folder, IReadOnlyList<string> args, CancellationToken ct)
    {
        if (ProgramSearch.Find("git") is null)
            return null;
        var result = await RunAsync(folder, args, TimeSpan.FromMinutes(1), ct);
        return result.ExitCode == 0 ? result.Output.Trim() : null;
    }

    private static async Task RequireAsync(GitAddress address, string folder, IReadOnlyList<string> args, TimeSpan timeout, CancellationToken ct)
    {
        var shown = GitAddress.WithoutSecrets(address.Url);
        if (ProgramSearch.Find("git") is null)
            throw new SourceRefusedException(SourceRefusal.Unknown, "git is not installed: install it, e.g. with 'apt-get install git', or give a folder");
        var result = await RunAsync(folder, args, timeout, ct);
        if (result.TimedOut)
            throw new SourceRefusedException(SourceRefusal.Unknown, $"{shown}: git gave no answer within {timeout.TotalSeconds:0} s");
        // Git names the address in its errors, with whatever password it has.
        if (result.ExitCode != 0)
            throw new SourceRefusedException(SourceRefusal.Unknown, $"{shown}: {result.Error.Trim().Replace(address.Url, shown, StringComparison.Ordinal)}");
    }

    private static Task<ProgramResult> RunAsync(string folder, IReadOnlyList<string> args, TimeSpan timeout, CancellationToken ct) =>
        LocalHost.RunAsync(new("git", [.. Safe, .. args]) { WorkingDirectory = folder, InheritEnvironment = true, Env = Silent, Timeout = timeout }, ct);
}
