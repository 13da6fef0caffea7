namespace MyApp.Deployment.Secrets;

/// <summary>Where sealed secrets are kept: PostgreSQL in the control plane, a file in local mode. Every write is atomic and audited with it.</summary>
public interface ISecretStore
{
    /// <summary>Every version of every secret of an environment; null: of all.</summary>
    Task<IReadOnlyList<SealedSecret>> ListAsync(string? environment, CancellationToken ct);

    /// <param name="version">Null: the newest.</param>
    /// <returns>Null: there is none.</returns>
    Task<SealedSecret?> FindAsync(SecretScope scope, string name, int? version, CancellationToken ct);

    /// <summary>Takes the next version, has it sealed and stores it.</summary>
    Task<SealedSecret> AddAsync(SecretScope scope, string name, Func<int, SealedSecret> seal, CancellationToken ct);

    /// <summary>Writes the wrapped keys of these versions anew; what they hold stays.</summary>
    Task RewrapAsync(IReadOnlyList<SealedSecret> rewrapped, SecretEvent audited, CancellationToken ct);

    Task AuditAsync(SecretEvent audited, CancellationToken ct);

    /// <summary>The last events, newest first.</summary>
    Task<IReadOnlyList<SecretEvent>> ReadAuditAsync(string? environment, int most, CancellationToken ct);
}
