using System.Text.Json;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>What is said and signed about a build when it is over.</summary>
internal static class Provenance
{
    public static byte[] Write(BuildContext context, string digest, string sbom, SigningKey key)
    {
        var request = context.Request;
        var statement = new Statement
        {
            Subject = [new() { Name = request.Service, Digest = Sha256(digest) }],
            Predicate = new(
                new(
                    BuildDefinition.MyAppBuild,
                    new(request.Service, request.Platform, request.Build),
                    new(context.Toolchain.Name, context.ToolchainVersion, context.Mode, request.Vcs?.Dirty),
                    [.. Sources(request), .. context.Components.Select(c => new Resource { Name = c.Name, Uri = c.Purl })]),
                new(
                    new($"urn:myapp:builder:{key.Public.Id}"),
                    new(context.CacheKey, context.Began, context.Clock.GetUtcNow()),
                    [new() { Name = ArtifactDocuments.Sbom, Digest = Sha256(sbom) }])),
        };
        var payload = JsonSerializer.SerializeToUtf8Bytes(statement, TrustJson.Default.Statement);
        return JsonSerializer.SerializeToUtf8Bytes(Envelope.Sign(payload, key), TrustJson.Default.Envelope);
    }

    private static IEnumerable<Resource> Sources(BuildRequest request)
    {
        yield return new() { Name = "source.tar.gz", Digest = Sha256(request.Source) };
        if (request.Vcs is { } vcs)
        {
            yield return new()
            {
                Name = "repository", Uri = vcs.Remote is { } remote ? $"git+{remote}" : null,
                Digest = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["gitCommit"] = vcs.Commit },
            };
        }
    }

    private static SortedDictionary<string, string> Sha256(string digest) => new(StringComparer.Ordinal) { ["sha256"] = Digests.Hex(digest) };
}
