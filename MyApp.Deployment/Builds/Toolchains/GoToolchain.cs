using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>Go, static and without a C compiler.</summary>
internal sealed class GoToolchain : IToolchain
{
    private GoDependencies? dependencies;

    public string Name => BuildSpec.Go;

    public string? SlimSkipReason => null;

    public async Task<string> FindVersionAsync(BuildContext context, CancellationToken ct)
    {
        var result = await CompilerRun.RunAsync(context, Go(), ["version"], context.Workspace.Folder, await EnvAsync(context, ct), ct);
        CompilerRun.Require(result, "'go version'");
        // go version go1.19.8 linux/amd64
        var words = result.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 2 ? words[2] : result.Output.Trim();
    }

    public async Task<string> CompileAsync(BuildContext context, CancellationToken ct)
    {
        var env = await EnvAsync(context, ct);
        dependencies = await GoDependencies.FindAsync(context, Go(), env, ct);
        context.Mode = dependencies.Description;
        context.Executable = await BuildAsync(context, dependencies, "plain", "-buildid=", ct);
        return $"{context.ToolchainVersion}, {dependencies.Description}";
    }

    public async Task<string> SlimAsync(BuildContext context, CancellationToken ct)
    {
        context.Executable = await BuildAsync(context, dependencies!, "slim", "-s -w -buildid=", ct);
        // Measured: strip(1) makes what -s -w leaves larger, by what it adds to align sections.
        return "linked again without symbols and debug data (-s -w); strip would make it larger";
    }

    // Once compiled, the second time only links: the packages come out of the build cache.
    private static async Task<string> BuildAsync(BuildContext context, GoDependencies dependencies, string name, string link, CancellationToken ct)
    {
        var output = Path.Combine(context.Workspace.Output, name);
        var version = "src-" + Digests.Hex(context.Request.Source)[..12];
        List<string> args = ["build", "-trimpath", "-ldflags", $"{link} -X main.version={version}", "-o", output];
        if (context.Request.Build.Tags.Count > 0)
            args.AddRange(["-tags", string.Join(',', context.Request.Build.Tags)]);
        args.Add(".");
        var result = await CompilerRun.RunAsync(context, Go(), args, dependencies.Folder, dependencies.Env, ct);
        CompilerRun.Require(result, "'go build'");
        if (!File.Exists(output))
            throw new BuildFailedException("'go build' made no executable: the folder holds no 'package main'");
        return output;
    }

    /// <param name="path">The folders to search, joined by colons; null: this process's PATH, then where Go is usually unpacked.</param>
    internal static string Locate(string? path) =>
        ProgramSearch.Find("go", path ?? $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/go/bin:/usr/lib/go/bin")
        ?? throw new BuildFailedException(
            "Go is not installed: no 'go' in the PATH, /usr/local/go/bin or /usr/lib/go/bin. Install it, e.g. with 'apt-get install golang-go' on Debian, or from https://go.dev/dl/");

    private static string Go() => Locate(null);

    private static async Task<SortedDictionary<string, string>> EnvAsync(BuildContext context, CancellationToken ct) => new(StringComparer.Ordinal)
    {
        ["CGO_ENABLED"] = "0",
        ["GOFLAGS"] = "-modcacherw",
        // A go.mod may name a newer Go; without this it would be downloaded and run.
        ["GOTOOLCHAIN"] = "local",
        ["GOWORK"] = "off",
        ["GOENV"] = "off",
        ["GOCACHE"] = await CompilerRun.CacheAsync(context, "go-build", ct),
        ["GOMODCACHE"] = await CompilerRun.CacheAsync(context, "go-mod", ct),
        ["GOPATH"] = Path.Combine(context.Workspace.Folder, "gopath"),
    };
}
