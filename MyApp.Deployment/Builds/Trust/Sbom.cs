using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). It has no time in it: the same executable has the same one.</summary>
internal static class Sbom
{
    public static byte[] Write(BuildContext context, string digest)
    {
        var name = context.Request.Service;
        var self = new SbomComponent
        {
            Type = "application", Ref = name, Name = name, Version = context.Request.SourceVersion,
            Hashes = [new("SHA-256", Digests.Hex(digest))],
        };
        var parts = context.Components.DistinctBy(c => c.Purl).Select(c => new SbomComponent { Type = "library", Ref = c.Purl, Name = c.Name, Version = c.Version, Purl = c.Purl }).ToList();
        var document = new SbomDocument
        {
            SerialNumber = "urn:uuid:" + Id(digest, parts),
            Metadata = new(self),
            Components = parts,
            Dependencies = [new(name, [.. parts.Select(part => part.Ref)])],
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, TrustJson.Default.SbomDocument);
    }

    public static IReadOnlyList<Component> Read(byte[] document) =>
        JsonSerializer.Deserialize(document, TrustJson.Default.SbomDocument) is { } sbom
            ? [.. sbom.Components.Select(part => new Component(part.Name, part.Version, part.Purl ?? ""))]
            : [];

    private static Guid Id(string digest, IEnumerable<SbomComponent> parts) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts.Select(part => part.Ref).Prepend(digest)))).AsSpan(0, 16));
}
