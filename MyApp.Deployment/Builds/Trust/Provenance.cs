using System.Text.Json;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>What is said and signed about a build when it is over.</summary>
internal static class Provenance
{
    private const string Repository = "repository";
    private const string Commit = "gitCommit";
    private const string Scheme = "git+";

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
        return Sign(statement, key);
    }

    /// <summary>
    /// The provenance of what an earlier build made of the same source, for a request that knows where the source stands: the one that says so
    /// already, or what the build said of itself with this commit in it, signed anew. No document is replaced, as each stays true.
    /// </summary>
    /// <returns>Its digest; null where nothing that this builder signed is there to go by.</returns>
    public static async Task<string?> OfAsync(BuildContext context, Artifact built, VcsState origin, CancellationToken ct)
    {
        if (ArtifactDocuments.Read(context.Artifacts, built, ArtifactDocuments.Provenance) is not { } document)
            return null;
        if (Read(document, null) is { } said && OriginOf(said) == origin)
            return built.Provenance;
        var key = await SigningKey.LoadOrCreateAsync(context.Paths, ct);
        if (Read(document, key) is not { } statement)
            return null;
        foreach (var path in ArtifactDocuments.All(context.Artifacts, built.Digest, ArtifactDocuments.Provenance))
        {
            // Other inputs may have come to the same bytes.
            var other = await File.ReadAllBytesAsync(path, ct);
            if (Read(other, key) is { } known && known.Predicate.RunDetails.Metadata.InvocationId == context.CacheKey && OriginOf(known) == origin)
                return Digests.Of(other);
        }

        return ArtifactDocuments.Save(context.Artifacts, built.Digest, ArtifactDocuments.Provenance, Sign(At(statement, context.Request), key));
    }

    /// <summary>Where the source stood; null: the statement does not say.</summary>
    public static VcsState? OriginOf(Statement statement)
    {
        var definition = statement.Predicate.BuildDefinition;
        var repository = definition.ResolvedDependencies.FirstOrDefault(dependency => dependency.Name == Repository);
        return repository?.Digest?.GetValueOrDefault(Commit) is { } commit
            ? new(commit, definition.InternalParameters.UncommittedChanges == true, repository.Uri is { } uri && uri.StartsWith(Scheme, StringComparison.Ordinal) ? uri[Scheme.Length..] : null)
            : null;
    }

    // What was built, how and when stays as it was.
    private static Statement At(Statement statement, BuildRequest request)
    {
        var definition = statement.Predicate.BuildDefinition;
        return statement with
        {
            Predicate = statement.Predicate with
            {
                BuildDefinition = definition with
                {
                    InternalParameters = definition.InternalParameters with { UncommittedChanges = request.Vcs?.Dirty },
                    ResolvedDependencies = [.. Sources(request), .. definition.ResolvedDependencies.Where(dependency => dependency.Digest is null)],
                },
            },
        };
    }

    // Null where it can't be read, or the key has not signed it; without a key, whoever signed it.
    private static Statement? Read(byte[] document, SigningKey? key)
    {
        try
        {
            if (JsonSerializer.Deserialize(document, TrustJson.Default.Envelope) is not { Payload: not null, Signatures: not null } envelope)
                return null;
            var payload = key is null ? Convert.FromBase64String(envelope.Payload) : envelope.Open([key.Public])?.Payload;
            return payload is null ? null : JsonSerializer.Deserialize(payload, TrustJson.Default.Statement);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[] Sign(Statement statement, SigningKey key)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(statement, TrustJson.Default.Statement);
        return JsonSerializer.SerializeToUtf8Bytes(Envelope.Sign(payload, key), TrustJson.Default.Envelope);
    }

    // These have digests, and the components after them none.
    private static IEnumerable<Resource> Sources(BuildRequest request)
    {
        yield return new() { Name = "source.tar.gz", Digest = Sha256(request.Source) };
        if (request.Vcs is { } vcs)
        {
            yield return new()
            {
                Name = Repository, Uri = vcs.Remote is { } remote ? Scheme + remote : null,
                Digest = new SortedDictionary<string, string>(StringComparer.Ordinal) { [Commit] = vcs.Commit },
            };
        }
    }

    private static SortedDictionary<string, string> Sha256(string digest) => new(StringComparer.Ordinal) { ["sha256"] = Digests.Hex(digest) };
}
