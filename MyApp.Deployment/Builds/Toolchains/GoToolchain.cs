using System.Globalization;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>Go, static and without a C compiler unless the spec asks for cgo.</summary>
internal sealed class GoToolchain : IToolchain
{
    private const string Version = "main.version";
    private const string Slim = "slim";
    private const string Whole = "whole";
    private IReadOnlyList<Component>? ofDistribution;

    public string Name => BuildSpec.Go;

    public string? SlimSkipReason(BuildContext context) => null;

    public async Task<string> FindVersionAsync(BuildContext context, CancellationToken ct)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["GOTOOLCHAIN"] = "local", ["GOENV"] = "off", ["GOFLAGS"] = "" };
        var result = await CompilerRun.RunOutsideAsync(Go(), ["version"], env, ct);
        CompilerRun.Require(result, "'go version'");
        // go version go1.19.8 linux/amd64
        var words = result.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 2 ? words[2] : result.Output.Trim();
    }

    /// <summary>Links what <see cref="SlimAsync"/> takes too: both come out of one run of the go command.</summary>
    public async Task<string> CompileAsync(BuildContext context, CancellationToken ct)
    {
        var env = await EnvAsync(context, ct);
        var dependencies = await GoDependencies.FindAsync(context, Go(), env, ct);
        context.Mode = dependencies.Description;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var listing = ListAsync(context, dependencies, failed.Token);
        try
        {
            await CompileAsync(context, dependencies, ct);
        }
        catch
        {
            // Where both fail, in whatever order, the compiler's words are the ones to tell.
            await failed.CancelAsync();
            await listing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await listing;
        return $"{context.ToolchainVersion}, {dependencies.Description}";
    }

    public Task<string> SlimAsync(BuildContext context, CancellationToken ct)
    {
        context.Executable = OutputOf(context, Slim);
        // Measured: strip(1) makes what -s -w leaves larger, by what it adds to align sections.
        return Task.FromResult("linked with the compile step, without symbols and debug data (-s -w); strip would make it larger");
    }

    public Task<IReadOnlyList<Component>> FindComponentsAsync(BuildContext context, CancellationToken ct) =>
        Task.FromResult(ofDistribution ?? GoComponents.Of(context.Binary?.Go));

    /// <summary>The package to build, as the go command wants it: <c>.</c> or <c>./cmd/orders</c>.</summary>
    internal static string MainPackage(BuildContext context)
    {
        var main = EntryNames.Normalise(context.Build.Main);
        return main.Length == 0 ? "." : "./" + main;
    }

    private static async Task CompileAsync(BuildContext context, GoDependencies dependencies, CancellationToken ct)
    {
        var (whole, rebuild) = (OutputOf(context, Whole), context.Build.Flags.Rebuild);
        if (!context.Request.Plain)
            await BuildAsync(context, dependencies, OutputOf(context, Slim), whole, rebuild, ct);
        // Once compiled it only links: the packages come out of the build cache.
        if (!File.Exists(whole))
            await BuildAsync(context, dependencies, whole, null, rebuild && context.Request.Plain, ct);
        context.Executable = whole;
    }

    // An executable made of modules names them itself. The others' are asked for while it compiles, as nothing of it is needed to know them.
    private async Task ListAsync(BuildContext context, GoDependencies dependencies, CancellationToken ct) =>
        ofDistribution = dependencies.FromDistribution ? await GoComponents.OfDistributionAsync(context, Go(), dependencies, ct) : null;

    /// <param name="whole">Null: <paramref name="output"/> gets symbols and debug data; else it gets none, and this, where it can be made, does.</param>
    private static async Task BuildAsync(BuildContext context, GoDependencies dependencies, string output, string? whole, bool rebuild, CancellationToken ct)
    {
        var flags = context.Build.Flags;
        List<string> args = ["build", "-trimpath", "-p", context.Request.Jobs.ToString(CultureInfo.InvariantCulture)];
        // The private copy may lie in somebody's work tree, which has nothing to do with it.
        args.Add("-buildvcs=false");
        args.AddRange(["-ldflags", GoWords.Join([.. whole is null ? [] : GoLinks.Slim, "-buildid=", .. Variables(context), .. flags.Ldflags]), "-o", output]);
        args.AddRange(GoDependencies.Tags(context));
        if (rebuild)
            args.Add("-a");
        var env = new SortedDictionary<string, string>(dependencies.Env.ToDictionary(), StringComparer.Ordinal);
        if (whole is not null)
            GoLinks.Add(args, env, whole, context.Request.Jobs);
        args.Add(MainPackage(context));
        var result = await CompilerRun.CompileAsync(context, Go(), args, dependencies.Folder, env, ct);
        CompilerRun.Require(result, "'go build'");
        if (!File.Exists(output) || IsLibrary(output))
            throw new BuildFailedException($"'go build' made no executable: '{MainPackage(context)}' holds no 'package main' (build.main says which one)");
    }

    private static string OutputOf(BuildContext context, string name) => Path.Combine(context.Workspace.Output, name);

    // Asked for one file of a package that is no program, go writes an archive (ar(5)) of it.
    private static bool IsLibrary(string path)
    {
        Span<byte> magic = stackalloc byte[7];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual("!<arch>"u8);
    }

    private static IEnumerable<string> Variables(BuildContext context)
    {
        var variables = context.Build.Flags.Variables;
        if (!variables.ContainsKey(Version))
            yield return $"-X={Version}={context.Request.SourceVersion}";
        foreach (var (name, value) in variables)
            yield return $"-X={name}={value}";
    }

    /// <param name="path">The folders to search, joined by colons; null: this process's PATH, then where Go is usually unpacked.</param>
    internal static string Locate(string? path) =>
        ProgramSearch.Find("go", path ?? $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/go/bin:/usr/lib/go/bin")
        ?? throw new BuildFailedException(
            "Go is not installed: no 'go' in the PATH, /usr/local/go/bin or /usr/lib/go/bin. Install it, e.g. with 'apt-get install golang-go' on Debian, or from https://go.dev/dl/");

    private static string Go() => Locate(null);

    private static async Task<SortedDictionary<string, string>> EnvAsync(BuildContext context, CancellationToken ct) => new(StringComparer.Ordinal)
    {
        ["CGO_ENABLED"] = context.Build.Flags.Cgo ? "1" : "0",
        ["GOOS"] = Platforms.Os(context.Platform),
        ["GOARCH"] = Platforms.ArchitectureOf(context.Platform),
        ["GOFLAGS"] = Flags(context),
        // A go.mod may name a newer Go; without this it would be downloaded and run.
        ["GOTOOLCHAIN"] = "local",
        ["GOWORK"] = "off",
        ["GOENV"] = "off",
        ["GOCACHE"] = context.Request.Fresh ? Path.Combine(context.Workspace.Temporary, "go-build") : await CompilerRun.CacheAsync(context, "go-build", ct),
        ["GOMODCACHE"] = await CompilerRun.CacheAsync(context, "go-mod", ct),
        ["GOPATH"] = Path.Combine(context.Workspace.Folder, "gopath"),
    };

    private static string Flags(BuildContext context)
    {
        var given = context.Build.Env.TryGetValue("GOFLAGS", out var own) ? own : Environment.GetEnvironmentVariable("GOFLAGS");
        return $"-modcacherw {given}".TrimEnd();
    }
}
