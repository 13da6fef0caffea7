using MyApp.Deployment.Layering;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Specs;

/// <summary>Reads specs out of sources in the source store.</summary>
public static class StoredSpec
{
    /// <param name="source">Digest of the archive.</param>
    /// <param name="set">Values given with the request, each <c>PATH=VALUE</c>; what is wrong with them was told to who asked. Null: none.</param>
    /// <param name="remote">Reads what the config server keeps for the service; null: there is none.</param>
    /// <returns>The spec with the environment's overlay, or why there is none, for a person.</returns>
    public static async Task<(ServiceSpec? Spec, string? Refusal)> ReadAsync(
        SourceStore sources, string source, string service, string environment, IReadOnlyList<string>? set, RemoteValues? remote, CancellationToken ct)
    {
        IReadOnlyList<RemoteValue> values = remote is null ? [] : await remote(service, environment, ct);
        var around = remote is null && set is null ? null : SpecLayers.Of(environment, [], set ?? [], each => each == service ? values : [], []);
        var (file, refusal) = await ReadFileAsync(sources, source, around, ct);
        if (file is null)
            return (null, refusal);
        if (file.UnknownEnvironment(environment) is { } unknown)
            return (null, unknown);
        return file.Find(service, environment) is { } spec
            ? (spec, null)
            : (null, $"{SpecReader.DefaultFileName} has no service '{service}'; it has {string.Join(", ", file.Services)}");
    }

    /// <param name="source">Digest of the archive.</param>
    /// <param name="around">What is laid around it; null: nothing.</param>
    /// <returns>The whole spec, or why there is none, for a person.</returns>
    public static async Task<(SpecFile? File, string? Refusal)> ReadFileAsync(SourceStore sources, string source, SpecLayers? around, CancellationToken ct)
    {
        try
        {
            if (await sources.ReadTextAsync(source, SpecReader.DefaultFileName, ct) is not { } text)
                return (null, $"the source has no {SpecReader.DefaultFileName}");
            var read = SpecReader.Read(text, SpecReader.DefaultFileName, around);
            return read.File is { } file ? (file, null) : (null, $"{SpecReader.DefaultFileName} has problems\n{string.Join('\n', read.Problems)}");
        }
        catch (SourceRefusedException e)
        {
            return (null, e.Message);
        }
    }
}
