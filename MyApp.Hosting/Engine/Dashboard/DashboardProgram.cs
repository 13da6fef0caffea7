namespace MyApp.Hosting.Engine.Dashboard;

internal static class DashboardProgram
{
    private static readonly string InCheckout = Path.Combine("artifacts", "aspire", "bundle", "managed", "aspire-managed");

    /// <summary>The configured path; else what eng/fetch-dashboard put into the checkout this program runs from. Null where there is none.</summary>
    public static string? Find(string? configured, string baseFolder)
    {
        if (!string.IsNullOrEmpty(configured))
            return File.Exists(configured) ? Path.GetFullPath(configured) : null;
        for (var folder = new DirectoryInfo(baseFolder); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MyApp.sln")))
                return Path.Combine(folder.FullName, InCheckout) is var path && File.Exists(path) ? path : null;
        }
        return null;
    }
}
