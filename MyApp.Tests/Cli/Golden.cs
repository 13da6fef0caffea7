namespace MyApp.Tests.Cli;

/// <summary>Compares with <c>Cli/Golden/NAME</c>; <c>UPDATE_GOLDEN=1</c> writes it instead, except in CI.</summary>
internal static class Golden
{
    public static void Verify(string name, string actual)
    {
        var path = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1" && Environment.GetEnvironmentVariable("CI") is null)
            MyApp.Supervision.Files.AtomicFile.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Folder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "MyApp.sln")))
                return Path.Combine(at.FullName, "MyApp.Tests", "Cli", "Golden");
        }

        throw new InvalidOperationException("the tests do not run in a checkout");
    }
}
