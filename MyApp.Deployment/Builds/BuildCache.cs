using System.Text;
using System.Text.Json;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Builds;

/// <summary>Which artifact came of which inputs. Losing it costs a build.</summary>
internal static class BuildCache
{
    // Goes up whenever the pipeline makes something else of the same inputs.
    private const int Pipeline = 1;

    public static string KeyOf(BuildContext context)
    {
        var build = context.Request.Build;
        string[] inputs =
        [
            $"pipeline {Pipeline}", context.Request.Source, context.Request.Service, context.Toolchain.Name, context.ToolchainVersion, Platforms.Native,
            build.Source, string.Join(',', build.Tags), build.Upx ? "upx" : "",
        ];
        return Digests.Hex(Digests.Of(Encoding.UTF8.GetBytes(string.Join('\n', inputs))));
    }

    /// <summary>Null where it was never built, or its artifact is gone.</summary>
    public static Artifact? Find(BuildContext context)
    {
        var path = PathOf(context);
        if (!File.Exists(path))
            return null;
        try
        {
            var artifact = JsonSerializer.Deserialize(File.ReadAllText(path), BuildJson.Default.Artifact);
            return artifact is not null && context.Artifacts.Contains(artifact.Digest) ? artifact : null;
        }
        catch (JsonException)
        {
            // Written by another version: as good as not there.
            return null;
        }
    }

    public static void Remember(BuildContext context, Artifact artifact)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(context))!);
        AtomicFile.WriteAllText(PathOf(context), JsonSerializer.Serialize(artifact, BuildJson.Default.Artifact));
    }

    private static string PathOf(BuildContext context) => Path.Combine(context.Paths.Cache, "builds", context.CacheKey + ".json");
}
