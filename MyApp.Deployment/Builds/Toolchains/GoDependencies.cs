using System.Text.RegularExpressions;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>
/// How a Go source gets its packages. The rule, in this order: a vendor folder; no requirements at all; a module proxy or cache that
/// has them; the distribution's packages in /usr/share/gocode. The last is for machines without a way to a proxy, and takes the
/// versions that the distribution has, whatever go.mod says: it is told wherever the build is.
/// </summary>
/// <param name="Folder">Where to run the compiler.</param>
/// <param name="FromDistribution">They are the distribution's packages, in GOPATH mode: the executable does not name its modules.</param>
internal sealed partial record GoDependencies(string Description, string Folder, IReadOnlyDictionary<string, string> Env, bool FromDistribution = false)
{
    internal const string Distribution = "/usr/share/gocode";
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(60);

    public static async Task<GoDependencies> FindAsync(BuildContext context, string go, IReadOnlyDictionary<string, string> env, CancellationToken ct)
    {
        var folder = context.SourceFolder;
        if (ModuleRoot(folder, context.Workspace.Source) is not { } root)
            return await FromDistributionAsync(context, folder, null, env, "no go.mod", ct);
        var module = await File.ReadAllTextAsync(Path.Combine(root, "go.mod"), ct);
        if (File.Exists(Path.Combine(root, "vendor", "modules.txt")))
            return new("dependencies from the source's vendor folder", folder, With(env, ("GO111MODULE", "on"), ("GOFLAGS", $"{env["GOFLAGS"]} -mod=vendor")));
        var modules = With(env, ("GO111MODULE", "on"));
        if (!Requires().IsMatch(module))
            return new("no dependencies", folder, modules);
        var listed = await ResolveAsync(context, go, folder, modules, ct);
        if (listed is null)
            return new("dependencies as go.mod pins them", folder, modules);
        if (!Directory.Exists(Path.Combine(Distribution, "src")))
            throw new BuildFailedException($"the dependencies of go.mod could not be resolved\n{listed}");
        return await FromDistributionAsync(context, root, ModuleName().Match(module) is { Success: true } name ? name.Groups[1].Value : null, env, listed, ct);
    }

    internal static IReadOnlyList<string> Tags(BuildContext context) =>
        context.Build.Flags.Tags.Count > 0 ? ["-tags", string.Join(',', context.Build.Flags.Tags)] : [];

    // Null when everything is there; else what go printed.
    private static async Task<string?> ResolveAsync(
        BuildContext context, string go, string folder, IReadOnlyDictionary<string, string> env, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ResolveTimeout);
        try
        {
            var result = await CompilerRun.RunAsync(context, go, ["list", "-mod=readonly", "-deps", .. Tags(context), GoToolchain.MainPackage(context)], folder, env, limit.Token);
            return result.ExitCode == 0 ? null : result.Error.TrimEnd('\n');
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {ResolveTimeout.TotalSeconds:0} s";
        }
    }

    // Without modules a package's path is its place below GOPATH/src, so the source moves to where its imports say it is.
    private static async Task<GoDependencies> FromDistributionAsync(
        BuildContext context, string root, string? module, IReadOnlyDictionary<string, string> env, string reason, CancellationToken ct)
    {
        var gopath = Path.Combine(context.Workspace.Folder, "gopath");
        var place = Path.Combine(gopath, "src", SafeName(module) ?? context.Request.Service);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        var below = Path.GetRelativePath(root, context.SourceFolder);
        Directory.Move(root, place);
        await BuildUser.GiveAsync(context.Paths, context.Workspace.Folder, ct);
        var why = FirstLine(reason);
        return new(
            $"dependencies from {Distribution}, in the distribution's versions ({why})",
            Path.GetFullPath(Path.Combine(place, below)),
            With(env, ("GO111MODULE", "off"), ("GOPATH", $"{gopath}:{Distribution}")),
            FromDistribution: true);
    }

    private static string? SafeName(string? module) =>
        module is not null && module.Split('/').All(part => part is not "" and not "." and not ".." && part.Length < 200) ? module : null;

    private static string FirstLine(string text)
    {
        var line = text.Split('\n')[0].Trim();
        return line.Length <= 160 ? line : line[..160] + "…";
    }

    private static string? ModuleRoot(string folder, string top)
    {
        for (var at = folder; at.StartsWith(top, StringComparison.Ordinal); at = Path.GetDirectoryName(at)!)
        {
            if (File.Exists(Path.Combine(at, "go.mod")))
                return at;
        }

        return null;
    }

    private static SortedDictionary<string, string> With(IReadOnlyDictionary<string, string> env, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in env)
            all[name] = value;
        foreach (var (name, value) in more)
            all[name] = value;
        return all;
    }

    [GeneratedRegex(@"^\s*require\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Requires();

    [GeneratedRegex(@"^module\s+""?([A-Za-z0-9._~/-]+)""?\s*(?://.*)?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ModuleName();
}
