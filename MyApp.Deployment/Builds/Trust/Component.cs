namespace MyApp.Deployment.Builds.Trust;

/// <summary>Something of others that is in an executable.</summary>
/// <param name="Name">A module's path or a package's name.</param>
/// <param name="Version">As its own world writes it.</param>
/// <param name="Purl">Package URL, which names it in any world.</param>
public sealed record Component(string Name, string Version, string Purl)
{
    public static Component Golang(string path, string version) => new(path, version, $"pkg:golang/{Path(path)}@{Uri.EscapeDataString(version)}");

    public static Component Nuget(string name, string version) => new(name, version, $"pkg:nuget/{Uri.EscapeDataString(name)}@{Uri.EscapeDataString(version)}");

    /// <param name="package">Debian's name of what provides it.</param>
    /// <param name="full">Debian's version of that.</param>
    public static Component Debian(string path, string version, string package, string full) =>
        new(path, version, $"pkg:deb/debian/{Uri.EscapeDataString(package)}@{Uri.EscapeDataString(full)}");

    private static string Path(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
