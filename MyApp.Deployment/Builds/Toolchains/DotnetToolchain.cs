using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>.NET as one file: self-contained where the registry has the runtime, else for the runtime of the machine it runs on.</summary>
internal sealed class DotnetToolchain : IToolchain
{
    // Trimming is the project's own to ask for (PublishTrimmed): what a program reaches by reflection only its author knows.
    private static readonly string[] SelfContained = ["-p:SelfContained=true"];
    private static readonly string[] FrameworkDependent = ["-p:SelfContained=false", "-p:PublishTrimmed=false"];

    public string Name => BuildSpec.Dotnet;

    // strip(1) would cut off the assemblies, which are appended to the executable.
    public string? SlimSkipReason(BuildContext context) =>
        context.Build.Flags.Aot
            ? "the native compiler leaves symbols out already"
            : "dotnet publish trims where it is asked to (flags.trim or PublishTrimmed), and strip would break a single-file executable";

    // Which of the SDKs builds is for the source's global.json to say, so all of them count.
    public Task<string> FindVersionAsync(BuildContext context, CancellationToken ct)
    {
        if (Platforms.RuntimeIdentifier(context.Platform) is null)
            throw new BuildFailedException($".NET does not run on {context.Platform}");
        var host = new FileInfo(Dotnet());
        var root = Path.GetDirectoryName(host.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? host.FullName)!;
        var sdks = Path.Combine(root, "sdk");
        if (!Directory.Exists(sdks) || Directory.GetDirectories(sdks) is not { Length: > 0 } found)
            throw new BuildFailedException($"{host.FullName} has no SDK, only runtimes. Install .NET SDK 10 from https://dotnet.microsoft.com/download");
        return Task.FromResult(string.Join(' ', found.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)));
    }

    public async Task<string> CompileAsync(BuildContext context, CancellationToken ct)
    {
        var project = FindProject(ProjectFolder(context));
        var env = await EnvAsync(context, ct);
        await CopyFeedSettingsAsync(context, ct);
        var restored = await RunAsync(context, project, "restore", SelfContained, env, ct);
        var whole = restored.ExitCode == 0;
        // Native code needs the runtime's pack in any case.
        if (!whole && !context.Build.Flags.Aot && LacksRuntime(restored))
            restored = await RunAsync(context, project, "restore", FrameworkDependent, env, ct);
        CompilerRun.Require(restored, "'dotnet restore'");
        context.Mode = context.Build.Flags.Aot ? "native AOT" : whole ? "self-contained single file" : "single file for the machine's own runtime (the registry has no runtime pack to include)";
        CompilerRun.Require(await RunAsync(context, project, "publish", whole ? SelfContained : FrameworkDependent, env, ct), "'dotnet publish'");
        context.Executable = FindExecutable(context.Workspace.Output, project);
        return $"{context.ToolchainVersion}, {context.Mode}";
    }

    public Task<string> SlimAsync(BuildContext context, CancellationToken ct) => throw new InvalidOperationException("it is always skipped");

    public Task<IReadOnlyList<Component>> FindComponentsAsync(BuildContext context, CancellationToken ct) =>
        Task.FromResult(ProjectAssets.Read(Path.Combine(ProjectFolder(context), "obj", "project.assets.json")));

    private static async Task<ProgramResult> RunAsync(
        BuildContext context, string project, string verb, string[] kind, IReadOnlyDictionary<string, string> env, CancellationToken ct)
    {
        var flags = context.Build.Flags;
        List<string> args = [verb, project, "-r", Platforms.RuntimeIdentifier(context.Platform)!, "--nologo", "-v", "quiet", $"-maxcpucount:{context.Request.Jobs}", .. kind];
        args.AddRange(["-p:InvariantGlobalization=true", "-p:DebugType=none", "-p:Deterministic=true", "-p:ContinuousIntegrationBuild=true"]);
        args.Add(flags.Aot ? "-p:PublishAot=true" : "-p:PublishSingleFile=true");
        if (flags.Trim is { } trim && kind == SelfContained)
            args.Add($"-p:PublishTrimmed={(trim ? "true" : "false")}");
        // The source is built in a folder of another name each time; the same source must give the same bytes.
        args.Add($"-p:PathMap={context.Workspace.Source}=/src");
        if (flags.Tags.Count > 0)
            args.Add($"-p:MyAppTags={string.Join("%3B", flags.Tags)}");
        if (verb == "publish")
            args.AddRange(["-c", "Release", "--no-restore", "-o", context.Workspace.Output]);
        return await CompilerRun.CompileAsync(context, Dotnet(), args, Path.GetDirectoryName(project)!, env, ct);
    }

    private static string ProjectFolder(BuildContext context) => Path.GetFullPath(Path.Combine(context.SourceFolder, context.Build.Main));

    private static string FindProject(string folder)
    {
        var projects = Directory.GetFiles(folder, "*.csproj");
        return projects.Length == 1
            ? projects[0]
            : throw new BuildFailedException($"the source folder must hold one *.csproj, and holds {projects.Length}: set build.source");
    }

    // NU1101, NU1102: a package, here the runtime's, is in no registry.
    private static bool LacksRuntime(ProgramResult result) =>
        (result.Output + result.Error).Contains("NU110", StringComparison.Ordinal) && (result.Output + result.Error).Contains(".Runtime.", StringComparison.Ordinal);

    private static string FindExecutable(string output, string project)
    {
        var named = Path.Combine(output, Path.GetFileNameWithoutExtension(project));
        if (File.Exists(named))
            return named;
        if (File.Exists(named + ".exe"))
            return named + ".exe";
        var candidates = Directory.GetFiles(output).Where(path => Path.GetExtension(path).Length == 0).ToList();
        return candidates.Count == 1 ? candidates[0] : throw new BuildFailedException("'dotnet publish' made no executable: is <OutputType>Exe</OutputType> missing?");
    }

    private static string Dotnet() =>
        ProgramSearch.Find("dotnet")
        ?? throw new BuildFailedException("the .NET SDK is not installed: no 'dotnet' in the PATH. Install .NET SDK 10 from https://dotnet.microsoft.com/download");

    // The operator's feeds are settings of the machine, not of the source.
    private static async Task CopyFeedSettingsAsync(BuildContext context, CancellationToken ct)
    {
        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "NuGet", "NuGet.Config");
        if (!File.Exists(own))
            return;
        var folder = Path.Combine(context.Workspace.Temporary, ".nuget", "NuGet");
        Directory.CreateDirectory(folder);
        File.Copy(own, Path.Combine(folder, "NuGet.Config"), overwrite: true);
        await BuildUser.GiveAsync(context.Paths, Path.Combine(context.Workspace.Temporary, ".nuget"), ct);
    }

    private static async Task<SortedDictionary<string, string>> EnvAsync(BuildContext context, CancellationToken ct) => new(StringComparer.Ordinal)
    {
        ["DOTNET_CLI_HOME"] = context.Workspace.Temporary,
        ["NUGET_PACKAGES"] = await CompilerRun.CacheAsync(context, "nuget", ct),
        // Where its locks are: builds that share packages have to share these, or two that unpack the same one break each other.
        ["NUGET_SCRATCH"] = await CompilerRun.CacheAsync(context, "nuget-scratch", ct),
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true",
        // Servers that outlive the build would keep the source's code running.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["UseSharedCompilation"] = "false",
    };
}
