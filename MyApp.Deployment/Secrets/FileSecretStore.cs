using System.Text.Json;
using System.Text.Json.Serialization;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Secrets;

/// <summary>Sealed secrets and their audit in one file that only its owner may read, so that both change in one rename; for local mode.</summary>
public sealed class FileSecretStore(string folder) : ISecretStore
{
    private const int KeptEvents = 10_000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly StoreLock gate = new(folder);

    private string Path => System.IO.Path.Combine(folder, "secrets.json");

    public Task<IReadOnlyList<SealedSecret>> ListAsync(string? environment, CancellationToken ct) => Task.FromResult<IReadOnlyList<SealedSecret>>(
        [.. Read().Secrets.Where(each => environment is null || each.Scope.Environment == environment).OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Version)]);

    public Task<SealedSecret?> FindAsync(SecretScope scope, string name, int? version, CancellationToken ct) =>
        Task.FromResult(Versions(Read(), scope, name).Where(each => version is null || each.Version == version).MaxBy(each => each.Version));

    public async Task<SealedSecret> AddAsync(SecretScope scope, string name, Func<int, SealedSecret> seal, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        var stored = Read();
        var added = seal(Versions(stored, scope, name).Select(each => each.Version).DefaultIfEmpty(0).Max() + 1);
        Write(new([.. stored.Secrets, added], [.. stored.Audit, new(added.CreatedAt, SecretAction.Set, added.CreatedBy, scope.Environment, scope.Service, name, added.Version)]));
        return added;
    }

    public async Task RewrapAsync(IReadOnlyList<SealedSecret> rewrapped, SecretEvent audited, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        var stored = Read();
        var anew = rewrapped.ToDictionary(each => (each.Scope, each.Name, each.Version));
        Write(new([.. stored.Secrets.Select(each => anew.GetValueOrDefault((each.Scope, each.Name, each.Version), each))], [.. stored.Audit, audited]));
    }

    public async Task AuditAsync(SecretEvent audited, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        var stored = Read();
        Write(stored with { Audit = [.. stored.Audit.TakeLast(KeptEvents - 1), audited] });
    }

    public Task<IReadOnlyList<SecretEvent>> ReadAuditAsync(string? environment, int most, CancellationToken ct) => Task.FromResult<IReadOnlyList<SecretEvent>>(
        [.. Read().Audit.Where(each => environment is null || each.Environment == environment || each.Environment == "*").Reverse().Take(most)]);

    private static IEnumerable<SealedSecret> Versions(Stored stored, SecretScope scope, string name) =>
        stored.Secrets.Where(each => each.Scope == scope && each.Name == name);

    private Stored Read()
    {
        try
        {
            return File.Exists(Path) ? JsonSerializer.Deserialize(File.ReadAllText(Path), StoredJson.Default.Stored) ?? new([], []) : new([], []);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SecretsUnavailableException($"the secrets in {Path} can't be read: {e.Message}", e);
        }
    }

    private void Write(Stored stored) => AtomicFile.WriteAllText(Path, JsonSerializer.Serialize(stored, StoredJson.Default.Stored), OwnerOnly);

    internal sealed record Stored(IReadOnlyList<SealedSecret> Secrets, IReadOnlyList<SecretEvent> Audit);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FileSecretStore.Stored))]
internal sealed partial class StoredJson : JsonSerializerContext;
