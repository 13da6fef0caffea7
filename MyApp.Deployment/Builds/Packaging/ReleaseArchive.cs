using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>A tar.gz to unpack on a host by hand: executable, unit files, bill of materials, provenance and the digests of all of them.</summary>
public static class ReleaseArchive
{
    /// <summary>Where the unit files in it expect the executable.</summary>
    public static string InstalledAt(PackageContent content) => $"/opt/myapp/{content.Spec.Service}/{Top(content)}/bin/{content.Spec.Service}";

    public static Task WriteAsync(PackageContent content, string path, CancellationToken ct) =>
        PackageFile.WriteAsync(path, async file =>
        {
            await using var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            await using var tar = new StableTar(gzip);
            var sums = new StringBuilder();
            await using (var program = content.OpenExecutable())
                await tar.AddAsync($"{Top(content)}/bin/{content.Spec.Service}", program, StableTar.Program, ct);
            sums.Append(Digests.Hex(content.Artifact.Digest)).Append("  bin/").Append(content.Spec.Service).Append('\n');
            foreach (var (name, bytes) in Files(content))
            {
                await tar.AddAsync($"{Top(content)}/{name}", bytes, StableTar.Plain, ct);
                sums.Append(Digests.Hex(Digests.Of(bytes))).Append("  ").Append(name).Append('\n');
            }

            await tar.AddAsync($"{Top(content)}/SHA256SUMS", sums.ToString(), StableTar.Plain, ct);
        });

    /// <summary>One line each; see <see cref="ServiceUnitFile.Losses"/>.</summary>
    public static IReadOnlyList<string> Losses(PackageContent content) => ServiceUnitFile.Losses(content);

    private static string Top(PackageContent content) => $"{content.Spec.Service}-{content.Version}";

    private static IEnumerable<(string Name, byte[] Bytes)> Files(PackageContent content)
    {
        foreach (var document in content.Documents())
            yield return document;
        var unit = content.Unit with { Executable = InstalledAt(content) };
        yield return ($"units/{content.Spec.Service}.json", JsonSerializer.SerializeToUtf8Bytes(unit, UnitJson.Default.Unit));
        yield return ($"units/{content.Spec.Service}.service", Encoding.UTF8.GetBytes(ServiceUnitFile.Write(content, InstalledAt(content))));
    }
}
