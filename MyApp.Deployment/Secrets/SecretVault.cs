using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Secrets;

/// <summary>Sets, opens and rotates secrets. Every use is audited before it happens.</summary>
/// <param name="ring">Loads the keys; true: make one where there is none. Asked each time, so that new keys need no restart.</param>
public sealed class SecretVault(ISecretStore store, Func<bool, KeyRing> ring, TimeProvider clock)
{
    /// <summary>In characters.</summary>
    public const int LongestValue = 64 * 1024;

    /// <summary>What is wrong with a name or a value; null: nothing.</summary>
    public static string? Problem(string name, Secret value) =>
        !Names.IsVariable(name) || name.Length > 128 ? $"'{name}' is not the name of a secret: up to 128 letters, digits and _, not beginning with a digit"
        : value.Reveal().Length is 0 or > LongestValue ? $"a secret has 1 to {LongestValue} characters"
        : value.Reveal().Contains('\0', StringComparison.Ordinal) ? "a secret holds a NUL character, which no program could be given"
        : null;

    /// <summary>Stores a new version; the ones before it stay, for the releases that have them.</summary>
    /// <exception cref="SecretsUnavailableException">There is no key to seal it with.</exception>
    public Task<SealedSecret> SetAsync(SecretScope scope, string name, Secret value, string by, CancellationToken ct)
    {
        var keys = ring(true);
        return store.AddAsync(scope, name, version => Envelope.Seal(scope, name, version, value, keys, clock.GetUtcNow(), by), ct);
    }

    public Task<IReadOnlyList<SealedSecret>> ListAsync(string? environment, CancellationToken ct) => store.ListAsync(environment, ct);

    public Task<IReadOnlyList<SecretEvent>> ReadAuditAsync(string? environment, int most, CancellationToken ct) => store.ReadAuditAsync(environment, most, ct);

    /// <summary>The newest version that a service gets under a name: its own, else its environment's. Null: there is none.</summary>
    public async Task<SealedSecret?> FindAsync(string service, string environment, string name, CancellationToken ct) =>
        await store.FindAsync(new(environment, service), name, null, ct) ?? await store.FindAsync(new(environment, null), name, null, ct);

    /// <summary>Opens the version a release was made with.</summary>
    /// <param name="by">Whom it is handed to.</param>
    /// <exception cref="SecretsUnavailableException">It is gone, or does not open.</exception>
    public async Task<Secret> OpenAsync(SecretReference reference, string service, string environment, string by, CancellationToken ct)
    {
        var scope = new SecretScope(environment, reference.OfService ? service : null);
        if (await store.FindAsync(scope, reference.Name, reference.Version, ct) is not { } found)
            throw new SecretsUnavailableException($"version {reference.Version} of the secret {reference.Name} of {scope} is not there any more");
        var secret = Envelope.Open(found, ring(false));
        await store.AuditAsync(new(clock.GetUtcNow(), SecretAction.Read, by, environment, scope.Service, reference.Name, reference.Version), ct);
        return secret;
    }

    /// <summary>Wraps every secret's key with the active key of the ring, so that older keys can go. Values and versions stay.</summary>
    /// <returns>How many were wrapped with another.</returns>
    public async Task<int> RotateAsync(string by, CancellationToken ct)
    {
        var keys = ring(false);
        var old = (await store.ListAsync(null, ct)).Where(each => each.KeyId != keys.ActiveId).ToList();
        if (old.Count > 0)
            await store.RewrapAsync([.. old.Select(each => Envelope.Rewrap(each, keys))], new(clock.GetUtcNow(), SecretAction.Rotate, by, "*", null, "*", null), ct);
        return old.Count;
    }
}
