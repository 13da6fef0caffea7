using MyApp.Deployment.Transport;

namespace MyApp.Tests.Support;

/// <summary>Programs that judge what we make, of this machine or as <c>eng/fetch-debian-tools</c> has fetched them.</summary>
internal static class FetchedTool
{
    /// <returns>Null: neither is there.</returns>
    public static string? Find(string name)
    {
        var fetched = Repository.File("artifacts", "debian", "bin", name);
        return ProgramSearch.Find(name) ?? (File.Exists(fetched) ? fetched : null);
    }
}
