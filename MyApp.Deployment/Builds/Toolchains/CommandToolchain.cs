using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>Any program that makes one executable.</summary>
internal sealed class CommandToolchain(CommandBuild build) : IToolchain
{
    public const string Strip = "strip";

    public string Name => BuildSpec.Command;

    /// <summary>The digests of the programs, as none of them need have a version.</summary>
    public async Task<string> FindVersionAsync(BuildContext context, CancellationToken ct)
    {
        var versions = new List<string>();
        foreach (var tool in build.Tools.Prepend(build.Args[0]).Distinct(StringComparer.Ordinal))
        {
            // A program of the source itself is part of the source's digest.
            if (IsOfSource(tool))
                versions.Add($"{Path.GetFileName(tool)} of the source");
            else
                versions.Add($"{Path.GetFileName(tool)} {(await Digests.OfFileAsync(Locate(tool), ct))[..19]}");
        }

        return string.Join(", ", versions);
    }

    public async Task<string> CompileAsync(BuildContext context, CancellationToken ct)
    {
        var sandbox = await Sandbox.FindAsync(context, build.Network, ct);
        var program = IsOfSource(build.Args[0]) ? Path.GetFullPath(Path.Combine(context.SourceFolder, build.Args[0])) : Locate(build.Args[0]);
        List<string> words = [.. sandbox.Prefix, program, .. build.Args.Skip(1)];
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["MYAPP_OS"] = Platforms.Os(context.Platform), ["MYAPP_ARCH"] = Platforms.ArchitectureOf(context.Platform), ["SOURCE_DATE_EPOCH"] = "0",
        };
        var result = await CompilerRun.CompileAsync(context, words[0], words[1..], context.SourceFolder, env, ct);
        CompilerRun.Require(result, $"'{build.Args[0]}'");
        context.Executable = Take(context);
        context.Mode = $"by {build.Args[0]}, {sandbox.Description}";
        return context.Mode;
    }

    public string? SlimSkipReason(BuildContext context) =>
        !context.Build.Strip ? "not asked for (build.slim.strip)"
        : ProgramSearch.Find(Strip) is null ? "strip is not installed on this machine"
        : BinaryFile.Read(context.Executable!) is not { Format: BinaryFormat.Elf } binary ? "strip(1) here is only for ELF"
        : binary.Platform != Platforms.Native ? "strip(1) here is only for this machine's own architecture"
        : null;

    public async Task<string> SlimAsync(BuildContext context, CancellationToken ct)
    {
        var stripped = Path.Combine(context.Workspace.Output, "stripped");
        var result = await CompilerRun.RunAsync(
            context, Strip, ["--strip-all", "-o", stripped, "--", context.Executable!], context.Workspace.Folder, new SortedDictionary<string, string>(StringComparer.Ordinal), ct);
        CompilerRun.Require(result, $"'{Strip}'");
        if (new FileInfo(stripped).Length >= new FileInfo(context.Executable!).Length)
            return "strip does not make it smaller: left as it is";
        context.Executable = stripped;
        return "stripped of symbols and debug data";
    }

    public Task<IReadOnlyList<Component>> FindComponentsAsync(BuildContext context, CancellationToken ct) => Task.FromResult<IReadOnlyList<Component>>([]);

    private static bool IsOfSource(string tool) => tool.Contains('/', StringComparison.Ordinal) && !Path.IsPathRooted(tool);

    private static string Locate(string tool) =>
        ProgramSearch.Find(tool) ?? throw new BuildFailedException($"'{tool}' is not installed: no such program in the PATH (build.command and build.tools name the programs of a build)");

    // What the build left there is anything at all, a link to a secret or a pipe included.
    private string Take(BuildContext context)
    {
        var made = Path.GetFullPath(Path.Combine(context.SourceFolder, build.Output));
        for (var at = made; at.Length > context.Workspace.Source.Length; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is not null)
                throw new BuildFailedException($"'{build.Output}' leads through a link, and must be a file of its own (build.output)");
        }

        if (!File.Exists(made))
            throw new BuildFailedException($"'{build.Args[0]}' ended well and did not make '{build.Output}' (build.output)");
        var file = new FileInfo(made);
        // A pipe or device has no length, and reading one could last for ever.
        if (file.Length == 0)
            throw new BuildFailedException($"'{build.Output}' is empty, or no file (build.output)");
        // At the limit the kernel cuts a file off, and a command need not mind.
        if (file.Length >= context.Build.Limits.Output)
        {
            throw new BuildFailedException(
                $"'{build.Output}' has {Bytes.Text(file.Length)} and so has reached build.limits.output ({Bytes.Text(context.Build.Limits.Output)}), where files are cut off: set that limit higher");
        }

        return made;
    }
}
