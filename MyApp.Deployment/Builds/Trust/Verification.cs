using System.Text.Json;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>What is known for certain of a file that claims to be somebody's artifact.</summary>
/// <param name="Problem">Why it is not to be trusted; null: one of the keys vouches for exactly these bytes.</param>
/// <param name="Binary">Null where the file is no executable.</param>
/// <param name="Builder">Id of the key that vouches.</param>
/// <param name="Source">Digest of the source it was built from.</param>
/// <param name="Commit">Of the repository the source came from; null: not told.</param>
/// <param name="UncommittedChanges">The source differed from that commit.</param>
/// <param name="Toolchain">Name and version.</param>
public sealed record Verification(
    string Digest, string? Problem, BinaryFile? Binary, string? Builder = null, string? Service = null, string? Platform = null, string? Source = null,
    string? Commit = null, bool? UncommittedChanges = null, string? Toolchain = null, DateTimeOffset? BuiltAt = null)
{
    /// <summary>The name under which the store would keep a file.</summary>
    public static Task<string> DigestAsync(string path, CancellationToken ct) => Digests.OfFileAsync(path, ct);

    /// <param name="envelopes">Provenance to look through, as JSON.</param>
    /// <param name="trusted">Keys of builders whose word is taken.</param>
    public static async Task<Verification> OfAsync(string path, IReadOnlyList<string> envelopes, IReadOnlyList<PublicKey> trusted, CancellationToken ct)
    {
        var digest = await Digests.OfFileAsync(path, ct);
        var binary = BinaryFile.Read(path);
        if (envelopes.Count == 0)
            return new(digest, "there is no provenance for it", binary);
        string problem = "";
        foreach (var text in envelopes)
        {
            if (Check(text, digest, binary, trusted, out problem) is { } good)
                return good;
        }

        return new(digest, problem, binary);
    }

    private static Verification? Check(string text, string digest, BinaryFile? binary, IReadOnlyList<PublicKey> trusted, out string problem)
    {
        problem = "";
        try
        {
            if (JsonSerializer.Deserialize(text, TrustJson.Default.Envelope) is not { Payload: not null, Signatures: not null } envelope)
                problem = "the provenance is no signed envelope";
            else if (envelope.Open(trusted) is not { } opened)
                problem = "none of the trusted keys has signed the provenance";
            else if (envelope.PayloadType != Envelope.InToto || JsonSerializer.Deserialize(opened.Payload, TrustJson.Default.Statement) is not { } statement)
                problem = "what was signed is no in-toto statement";
            else
                return Check(statement, digest, binary, opened.Key, out problem);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            problem = "the provenance can't be read: it is not JSON of the expected form";
        }

        return null;
    }

    private static Verification? Check(Statement statement, string digest, BinaryFile? binary, PublicKey key, out string problem)
    {
        problem = "";
        if (statement.Type != Statement.StatementType || statement.PredicateType != Statement.Provenance)
            problem = $"what was signed is a {statement.PredicateType}, and no provenance";
        else if (!statement.Subject.Any(subject => subject.Digest?.GetValueOrDefault("sha256") == Digests.Hex(digest)))
            problem = $"the provenance is about another file: this one has {digest}";
        if (problem.Length > 0)
            return null;
        var (definition, details) = (statement.Predicate.BuildDefinition, statement.Predicate.RunDetails);
        var source = definition.ResolvedDependencies.FirstOrDefault(r => r.Name == "source.tar.gz")?.Digest?.GetValueOrDefault("sha256");
        return new(
            digest, null, binary, key.Id, definition.ExternalParameters.Service, definition.ExternalParameters.Platform, source is null ? null : $"sha256:{source}",
            Provenance.OriginOf(statement)?.Commit,
            definition.InternalParameters.UncommittedChanges, $"{definition.InternalParameters.Toolchain} {definition.InternalParameters.ToolchainVersion}",
            details.Metadata.FinishedOn);
    }
}
