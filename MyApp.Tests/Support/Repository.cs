namespace MyApp.Tests.Support;

/// <summary>The checkout the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Samples => File("samples");

    public static string Fixtures => File("MyApp.Tests", "Fixtures");

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    /// <summary>Every C# file of ours, generated and built ones left out.</summary>
    public static IEnumerable<string> Sources() =>
        from folder in Directory.EnumerateDirectories(Root, "MyApp.*")
        from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        let parts = Path.GetRelativePath(Root, path).Split('/')
        where !parts.Contains("bin") && !parts.Contains("obj")
        select path;

    private static string Find(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "MyApp.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException($"no MyApp.sln above {from}");
    }
}
