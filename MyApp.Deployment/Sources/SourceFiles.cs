using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Sources;

/// <summary>Which files of a folder belong to its source.</summary>
internal static class SourceFiles
{
    private const string GitIgnore = ".gitignore";
    private const string OwnIgnore = ".myappignore";

    /// <summary>
    /// Relative paths in ordinal order. In a git work tree what git tracks or would add; elsewhere every file that no .gitignore names, of
    /// those in the folder and below. Never .git, and never what the folder's .myappignore names.
    /// </summary>
    public static async Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken ct)
    {
        var own = RulesOf(folder, OwnIgnore);
        var files = await FromGitAsync(folder, ct);
        if (files is null or [])
        {
            // Nothing by git's account: the folder itself is ignored by the work tree around it, and still somebody asks for it.
            files = [.. Walk(folder, folder, [])];
        }

        return [.. files.Where(path => !IsGit(path) && !own.Ignores(path)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static async Task<List<string>?> FromGitAsync(string folder, CancellationToken ct)
    {
        if (ProgramSearch.Find("git") is not { } git)
            return null;
        // A file-system monitor is a program that the folder's own configuration could name.
        string[] args = ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "ls-files", "--cached", "--others", "--exclude-standard"];
        var result = await LocalHost.RunAsync(
            new(git, args) { WorkingDirectory = folder, InheritEnvironment = true, MaxCaptured = 64 * 1024 * 1024, Timeout = TimeSpan.FromMinutes(1) }, ct);
        if (result.ExitCode != 0)
            return null;
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(name => Expand(folder, name))];
    }

    // A tracked file may be deleted already; a repository within the repository is listed as its folder.
    private static IEnumerable<string> Expand(string folder, string name)
    {
        // Git quotes names that hold control characters, quotes or backslashes.
        if (name.StartsWith('"'))
            throw new SourceRefusedException(SourceRefusal.UnsafeName, $"the name {name} holds a character that a source may not have");
        var path = Path.Combine(folder, name);
        if (new FileInfo(path).LinkTarget is not null || File.Exists(path))
            return [name];
        return Directory.Exists(path) ? Walk(folder, path, []) : [];
    }

    // As git does it: the innermost .gitignore that says something of a path decides, and nothing below an ignored folder is looked at.
    private static IEnumerable<string> Walk(string root, string folder, IReadOnlyList<(string Folder, IgnoreRules Rules)> above)
    {
        var rules = File.Exists(Path.Combine(folder, GitIgnore)) ? [(folder, RulesOf(folder, GitIgnore)), .. above] : above;
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var inner = entry is DirectoryInfo { LinkTarget: null };
            if ((inner && entry.Name == ".git") || rules.Select(of => of.Rules.Decide(Relative(of.Folder, entry), inner)).FirstOrDefault(said => said is not null) is true)
                continue;
            if (!inner)
                yield return Path.GetRelativePath(root, entry.FullName);
            foreach (var path in inner ? Walk(root, entry.FullName, rules) : [])
                yield return path;
        }
    }

    private static string Relative(string folder, FileSystemInfo entry) => Path.GetRelativePath(folder, entry.FullName);

    private static bool IsGit(string path) => path.Split('/').Contains(".git");

    private static IgnoreRules RulesOf(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return IgnoreRules.Parse(File.Exists(path) ? File.ReadLines(path) : []);
    }
}
