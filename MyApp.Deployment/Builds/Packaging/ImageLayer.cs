namespace MyApp.Deployment.Builds.Packaging;

/// <summary>The file system of an image.</summary>
internal static class ImageLayer
{
    /// <summary>Of a user without rights and name elsewhere: what distroless calls nonroot.</summary>
    public const int User = 65_532;

    private const string ZoneFolder = "/usr/share/zoneinfo";

    // Where distributions keep their one file of certificates: Debian, Fedora, Alpine.
    private static readonly string[] Certificates = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

    public static string Executable(PackageContent content) => $"/app/{content.Spec.Service}";

    public static async Task WriteAsync(PackageContent content, Stream destination, CancellationToken ct)
    {
        await using var tar = new StableTar(destination);
        await using (var program = content.OpenExecutable())
            await tar.AddAsync(Executable(content)[1..], program, StableTar.Program, ct);
        await tar.AddAsync("etc/group", $"root:x:0:\nnonroot:x:{User}:\n", StableTar.Plain, ct);
        await tar.AddAsync("etc/passwd", $"root:x:0:0:root:/:/sbin/nologin\nnonroot:x:{User}:{User}:nonroot:/:/sbin/nologin\n", StableTar.Plain, ct);
        if (Array.Find(Certificates, File.Exists) is { } certificates)
            await tar.AddAsync("etc/ssl/certs/ca-certificates.crt", await File.ReadAllBytesAsync(certificates, ct), StableTar.Plain, ct);
        await tar.AddFolderAsync("tmp", StableTar.Shared, ct);
        foreach (var (name, path) in Zones())
            await tar.AddAsync($"usr/share/zoneinfo/{name}", await File.ReadAllBytesAsync(path, ct), StableTar.Plain, ct);
    }

    // "posix" and "right" hold every zone once more.
    private static IEnumerable<(string Name, string Path)> Zones()
    {
        if (!Directory.Exists(ZoneFolder))
            return [];
        return Directory.EnumerateFiles(ZoneFolder, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(ZoneFolder, path), Path: path))
            .Where(zone => !zone.Name.StartsWith("posix/", StringComparison.Ordinal) && !zone.Name.StartsWith("right/", StringComparison.Ordinal) && File.Exists(zone.Path))
            .OrderBy(zone => zone.Name, StringComparer.Ordinal);
    }
}
