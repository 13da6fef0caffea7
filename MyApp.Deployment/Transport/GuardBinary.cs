namespace MyApp.Deployment.Transport;

/// <summary>Where the guard's executable is.</summary>
public static class GuardBinary
{
    public const string Variable = "MYAPP_GUARD";
    private const string Name = "myapp-guard";

    /// <summary>
    /// <c>MYAPP_GUARD</c>; else beside the running program; else in the checkout it runs from: the native one of <c>artifacts/guard</c>,
    /// then the newest managed build. Null where there is none.
    /// </summary>
    public static string? Find() => Find(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory);

    internal static string? Find(string? configured, string baseFolder)
    {
        if (!string.IsNullOrEmpty(configured))
            return File.Exists(configured) ? Path.GetFullPath(configured) : null;
        var beside = Path.Combine(baseFolder, Name);
        if (File.Exists(beside) && IsWhole(beside))
            return beside;
        return CheckoutOf(baseFolder) is { } root ? InCheckout(root) : null;
    }

    // A project that references the guard may have got a managed guard's launcher without the assembly it starts.
    private static bool IsWhole(string path) => File.Exists(path + ".dll") || !File.Exists(path + ".deps.json");

    private static string? CheckoutOf(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "MyApp.sln")))
                return at.FullName;
        }

        return null;
    }

    private static string? InCheckout(string root)
    {
        var native = Path.Combine(root, "artifacts", "guard", Name);
        if (File.Exists(native))
            return native;
        var builds = Path.Combine(root, "MyApp.Guard", "bin");
        if (!Directory.Exists(builds))
            return null;
        return Directory.EnumerateFiles(builds, Name, SearchOption.AllDirectories)
            .Where(path => File.Exists(path + ".dll"))
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .FirstOrDefault();
    }
}
