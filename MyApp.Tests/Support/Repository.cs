using System.Runtime.CompilerServices;

namespace MyApp.Tests.Support;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    /// <summary>Every C# file of ours, generated and built ones left out.</summary>
    public static IEnumerable<string> Sources() =>
        from folder in Directory.EnumerateDirectories(Root, "MyApp.*")
        from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        let parts = Path.GetRelativePath(Root, path).Split('/')
        where !parts.Contains("bin") && !parts.Contains("obj")
        select path;

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
