using System.Text.Json;
using MyApp.Deployment.Builds.Trust;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>What NuGet restored for a project, from its project.assets.json.</summary>
internal static class ProjectAssets
{
    /// <summary>Packages, and the runtime where it is part of the output; by name. Empty where there is no such file.</summary>
    public static IReadOnlyList<Component> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        using var stream = File.OpenRead(path);
        using var assets = JsonDocument.Parse(stream);
        var found = new List<Component>();
        if (assets.RootElement.TryGetProperty("libraries", out var libraries))
        {
            foreach (var library in libraries.EnumerateObject().Where(l => l.Value.TryGetProperty("type", out var type) && type.GetString() == "package"))
            {
                if (library.Name.Split('/') is [var name, var version])
                    found.Add(Component.Nuget(name, version));
            }
        }

        found.AddRange(Runtimes(assets.RootElement));
        return [.. found.DistinctBy(c => c.Purl).OrderBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.Version, StringComparer.Ordinal)];
    }

    // "downloadDependencies": [ { "name": "Microsoft.NETCore.App.Runtime.linux-x64", "version": "[10.0.1, 10.0.1]" } ]
    private static IEnumerable<Component> Runtimes(JsonElement assets)
    {
        if (!assets.TryGetProperty("project", out var project) || !project.TryGetProperty("frameworks", out var frameworks))
            yield break;
        foreach (var framework in frameworks.EnumerateObject())
        {
            if (!framework.Value.TryGetProperty("downloadDependencies", out var downloads))
                continue;
            foreach (var download in downloads.EnumerateArray())
            {
                var name = download.GetProperty("name").GetString() ?? "";
                if (name.Contains(".Runtime.", StringComparison.Ordinal))
                    yield return Component.Nuget(name, (download.GetProperty("version").GetString() ?? "").Trim('[', ']').Split(',')[0]);
            }
        }
    }
}
