namespace MyApp.Tests.Support;

/// <summary>Compares with a file of the checkout. UPDATE_GOLDEN=1 writes it instead, and is refused where CI is set.</summary>
public static class Golden
{
    public static void Check(string path, string actual)
    {
        var text = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Assert.True(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")), "golden files are not rewritten in CI");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
#pragma warning disable RS0030 // not state
            File.WriteAllText(path, text);
#pragma warning restore RS0030
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing; UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(path), text);
    }
}
