using System.Reflection;

namespace MyApp.Hosting.Engine;

/// <summary>What the build wrote into the AppHost's assembly about itself and the projects it refers to (eng/AppHost.targets).</summary>
internal static class AppHostProject
{
    private const string Folder = "apphostprojectpath";
    private const string OutputPrefix = "apphostprojectoutput:";

    public static string? DirectoryOf(Assembly? assembly) => Value(assembly, Folder);

    /// <summary>The program a referenced project was built into; null for a project the AppHost does not refer to.</summary>
    public static string? OutputOf(Assembly? assembly, string projectPath) => Value(assembly, OutputPrefix + projectPath);

    private static string? Value(Assembly? assembly, string key) =>
        assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;
}
