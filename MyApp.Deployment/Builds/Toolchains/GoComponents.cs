using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>
/// The modules in a Go executable. It names them itself where it was built from modules; where the packages are the distribution's, its
/// package database knows which they are.
/// </summary>
internal static class GoComponents
{
    /// <summary>Asks the go command and the package database, neither of which needs the executable.</summary>
    public static async Task<IReadOnlyList<Component>> OfDistributionAsync(BuildContext context, string go, GoDependencies dependencies, CancellationToken ct)
    {
        var listed = await CompilerRun.RunAsync(
            context, go, ["list", "-deps", "-f", "{{if not .Standard}}{{.Dir}}{{end}}", .. GoDependencies.Tags(context), GoToolchain.MainPackage(context)],
            dependencies.Folder, dependencies.Env, ct);
        CompilerRun.Require(listed, "'go list'");
        var folders = listed.Output.Split('\n').Where(folder => folder.StartsWith(GoDependencies.Distribution + "/src/", StringComparison.Ordinal)).ToList();
        var modules = folders.Select(ModuleRoot).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return [.. await PackagesAsync(modules, ct), Standard(context.ToolchainVersion)];
    }

    /// <summary>Empty where an executable says nothing about itself.</summary>
    public static IReadOnlyList<Component> Of(GoBuildInfo? info) =>
        info is null ? [] : [.. info.Modules.Select(module => Component.Golang(module.Path, module.Version)), Standard(info.Version)];

    private static Component Standard(string version) => Component.Golang("stdlib", version.Split(' ')[0].Replace("go", "", StringComparison.Ordinal));

    private static string ModuleRoot(string folder)
    {
        var top = GoDependencies.Distribution + "/src";
        for (var at = folder; at.Length > top.Length; at = Path.GetDirectoryName(at)!)
        {
            if (File.Exists(Path.Combine(at, "go.mod")))
                return at;
        }

        return folder;
    }

    private static async Task<IReadOnlyList<Component>> PackagesAsync(IReadOnlyList<string> folders, CancellationToken ct)
    {
        if (folders.Count == 0 || ProgramSearch.Find("dpkg-query") is not { } query)
            return [.. folders.Select(folder => Component.Golang(PathOf(folder), "of the distribution"))];
        var owners = await OwnersAsync(query, folders, ct);
        var versions = await VersionsAsync(query, owners.Values.Distinct(StringComparer.Ordinal), ct);
        return [.. folders.Select(folder => owners.TryGetValue(folder, out var package) && versions.TryGetValue(package, out var version)
            ? Component.Debian(PathOf(folder), Upstream(version), package, version)
            : Component.Golang(PathOf(folder), "of the distribution"))];
    }

    // golang-github-gin-gonic-gin-dev: /usr/share/gocode/src/github.com/gin-gonic/gin
    private static async Task<Dictionary<string, string>> OwnersAsync(string query, IReadOnlyList<string> folders, CancellationToken ct)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var result = await LocalHost.RunAsync(new(query, ["--search", "--", .. folders]) { InheritEnvironment = true, MaxCaptured = 4 << 20 }, ct);
        foreach (var line in result.Output.Split('\n'))
        {
            // Several packages may own one folder; the last of them is as good as any.
            if (line.IndexOf(": /", StringComparison.Ordinal) is > 0 and var colon)
                owners[line[(colon + 2)..]] = line[..colon].Split(", ")[^1].Split(':')[0];
        }

        return owners;
    }

    private static async Task<Dictionary<string, string>> VersionsAsync(string query, IEnumerable<string> packages, CancellationToken ct)
    {
        var result = await LocalHost.RunAsync(
            new(query, ["--show", "--showformat=${Package}\\t${Version}\\n", "--", .. packages]) { InheritEnvironment = true, MaxCaptured = 4 << 20 }, ct);
        return result.Output.Split('\n').Select(line => line.Split('\t')).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    private static string PathOf(string folder) => folder[(GoDependencies.Distribution.Length + "/src/".Length)..];

    // 1:1.8.1-2+deb12u1 is the distribution's second packaging of v1.8.1.
    private static string Upstream(string version)
    {
        var text = version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return "v" + (text.LastIndexOf('-') is > 0 and var dash ? text[..dash] : text);
    }
}
