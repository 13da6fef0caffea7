using System.Text;
using System.Text.Json;
using MyApp.Deployment.Builds.Steps;
using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Builds;

/// <summary>Which artifact came of which inputs. Losing it costs a build.</summary>
internal static class BuildCache
{
    // Goes up whenever the pipeline makes something else of the same inputs.
    private const int Pipeline = 2;

    public static string Folder(DataPaths paths) => Path.Combine(paths.Cache, $"builds-{Pipeline}");

    /// <summary>Where the lock of a build of these inputs is.</summary>
    public static string FlightOf(BuildContext context) => Path.Combine(context.Paths.Cache, "flights", context.CacheKey);

    public static IEnumerable<string> Flights(DataPaths paths)
    {
        var folder = Path.Combine(paths.Cache, "flights");
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];
    }

    /// <summary>Over everything that decides about the bytes: source, toolchain, settings, programs, platform of the output and of the builder.</summary>
    public static async Task<string> KeyOfAsync(BuildContext context, CancellationToken ct)
    {
        // These say for what else to build and how long it may take, not what comes out.
        var build = context.Build with { Platforms = [], Limits = new() };
        string[] inputs =
        [
            context.Request.Source, context.Request.Service, context.Toolchain.Name, context.ToolchainVersion, Platforms.Native, context.Platform,
            JsonSerializer.Serialize(build, BuildJson.Default.BuildSpec), Environment.GetEnvironmentVariable("GOFLAGS") ?? "",
            context.Request.Plain ? "plain" : "", .. await ProgramsAsync(context, ct),
        ];
        return Digests.Hex(Digests.Of(Encoding.UTF8.GetBytes(string.Join('\n', inputs))));
    }

    // What comes after the compiler is left out where its program is missing, and is to come once that is installed.
    private static async Task<IReadOnlyList<string>> ProgramsAsync(BuildContext context, CancellationToken ct)
    {
        var programs = new List<string>();
        if (context.Build.Upx is not null)
            programs.Add(PackStep.Program);
        if (context.Toolchain.Name == BuildSpec.Command && context.Build.Strip && !context.Request.Plain)
            programs.Add(CommandToolchain.Strip);
        for (var i = 0; i < programs.Count; i++)
            programs[i] = $"{programs[i]} {(ProgramSearch.Find(programs[i]) is { } path ? await Digests.OfFileAsync(path, ct) : "missing")}";
        return programs;
    }

    /// <summary>Null where it was never built, or its artifact is gone.</summary>
    public static Artifact? Find(BuildContext context)
    {
        var path = PathOf(context);
        if (!File.Exists(path) || Read(path) is not { } artifact || !context.Artifacts.Contains(artifact.Digest))
            return null;
        // What is used is young: the collector goes by this time.
        File.SetLastWriteTimeUtc(path, context.Clock.GetUtcNow().UtcDateTime);
        return artifact;
    }

    public static void Remember(BuildContext context, Artifact artifact)
    {
        Directory.CreateDirectory(Folder(context.Paths));
        AtomicFile.WriteAllText(PathOf(context), JsonSerializer.Serialize(artifact, BuildJson.Default.Artifact));
    }

    /// <summary>Null where it was written by another version: as good as not there.</summary>
    internal static Artifact? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), BuildJson.Default.Artifact);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }

    private static string PathOf(BuildContext context) => Path.Combine(Folder(context.Paths), context.CacheKey + ".json");
}
