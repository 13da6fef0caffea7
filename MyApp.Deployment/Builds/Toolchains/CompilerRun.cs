using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>Runs a compiler in the build's folder as the build's user, with a clean environment of its own.</summary>
internal static class CompilerRun
{
    // What an operator sets for downloads. Everything else of the environment stays out of a build.
    private static readonly string[] Passed =
    [
        "PATH", "LANG", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT", "NUGET_CERT_REVOCATION_MODE",
    ];

    /// <summary>Compiles: what it prints is told as it comes.</summary>
    public static Task<ProgramResult> CompileAsync(
        BuildContext context, string program, IReadOnlyList<string> args, string folder, IReadOnlyDictionary<string, string> env, CancellationToken ct) =>
        RunAsync(Call(context, program, args, folder, env) with { OnLine = context.Request.OnLine is { } told ? (_, line) => told(line) : null }, ct);

    /// <summary>Asks it something, which is of no interest to whoever waits for the build.</summary>
    public static Task<ProgramResult> RunAsync(
        BuildContext context, string program, IReadOnlyList<string> args, string folder, IReadOnlyDictionary<string, string> env, CancellationToken ct) =>
        RunAsync(Call(context, program, args, folder, env), ct);

    private static ProgramCall Call(BuildContext context, string program, IReadOnlyList<string> args, string folder, IReadOnlyDictionary<string, string> env) =>
        new(program, args) { WorkingDirectory = folder, Env = Clean(context, env), Timeout = context.Build.Limits.Time, User = BuildUser.For(context.Paths) };

    /// <summary>Runs a compiler that only tells about itself, before there is a folder to build in.</summary>
    public static Task<ProgramResult> RunOutsideAsync(string program, IReadOnlyList<string> args, IReadOnlyDictionary<string, string> env, CancellationToken ct) =>
        RunAsync(new(program, args) { WorkingDirectory = "/", Env = Clean(null, env), Timeout = TimeSpan.FromMinutes(1) }, ct);

    private static async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken ct)
    {
        try
        {
            return await LocalHost.RunAsync(call, ct);
        }
        catch (ProgramStartException e)
        {
            throw new BuildFailedException(e.Message);
        }
    }

    // What the operator passes, then what the spec adds, then what the toolchain must have.
    private static SortedDictionary<string, string> Clean(BuildContext? context, IReadOnlyDictionary<string, string> env)
    {
        var whole = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Passed)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                whole[name] = value;
        }

        if (context is not null)
        {
            (whole["HOME"], whole["TMPDIR"]) = (context.Workspace.Temporary, context.Workspace.Temporary);
            foreach (var (name, value) in context.Build.Env)
                whole[name] = value;
        }

        foreach (var (name, value) in env)
            whole[name] = value;
        return whole;
    }

    /// <summary>Fails with what the compiler printed, as it printed it.</summary>
    public static void Require(ProgramResult result, string what)
    {
        if (result.TimedOut)
            throw new BuildFailedException($"{what} took longer than {result.Duration.TotalSeconds:0} s and was stopped");
        if (result.ExitCode != 0)
            throw new BuildFailedException($"{what} failed with exit code {result.ExitCode}\n{result.Output}{result.Error}".TrimEnd('\n'));
    }

    /// <summary>A compiler's cache folder, owned by the build's user.</summary>
    public static async Task<string> CacheAsync(BuildContext context, string name, CancellationToken ct)
    {
        // Who builds may change when the data folder's modes do, and neither could write into the other's cache.
        var folder = Path.Combine(context.Paths.Cache, BuildUser.For(context.Paths) is { } user ? $"{name}-{user.Uid}" : name);
        if (Directory.Exists(folder))
            return folder;
        BuildUser.MakePassable(context.Paths.Cache);
        Directory.CreateDirectory(folder);
        await BuildUser.GiveAsync(context.Paths, folder, ct);
        return folder;
    }
}
