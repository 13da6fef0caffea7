namespace MyApp.Tests.Support;

/// <summary>Compares with a file beside the tests; <c>UPDATE_GOLDEN=1</c> writes it instead, which CI refuses.</summary>
internal static class Golden
{
    /// <param name="path">Below MyApp.Tests.</param>
    public static void Check(string path, string actual)
    {
        var file = Path.Combine(GuardProcess.RepositoryRoot(), "MyApp.Tests", path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Assert.Null(Environment.GetEnvironmentVariable("CI"));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            MyApp.Supervision.Files.AtomicFile.WriteAllText(file, actual);
        }

        Assert.Equal(File.ReadAllText(file), actual);
    }
}
