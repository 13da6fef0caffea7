namespace MyApp.Tests.Support;

/// <summary>Folders of the checkout the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Samples => Path.Combine(Root, "samples");

    public static string Fixtures => Path.Combine(Root, "MyApp.Tests", "Fixtures");

    private static string Find(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "MyApp.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException($"no MyApp.sln above {from}");
    }
}
