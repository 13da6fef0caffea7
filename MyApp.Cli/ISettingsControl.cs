using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Secrets;

namespace MyApp.Cli;

/// <summary>
/// Secrets, and the values of the config server; answered by the control plane, or with <c>--local</c> from the data folder, which has secrets
/// and no config server. Every method throws <see cref="CommandFailedException"/>.
/// </summary>
internal interface ISettingsControl : IAsyncDisposable
{
    Task<SecretView> SetSecretAsync(SecretScope scope, string name, Secret value, CancellationToken ct);

    Task<SecretList> ListSecretsAsync(string environment, CancellationToken ct);

    Task<SecretRotation> RotateSecretsAsync(CancellationToken ct);

    Task<SecretAudit> ReadSecretAuditAsync(string environment, int most, CancellationToken ct);

    /// <param name="version">What held then; null: what holds now.</param>
    Task<ConfigView> ReadConfigAsync(string service, string environment, long? version, CancellationToken ct);

    /// <summary>Exit code 3 where the version that holds is not the one asked for.</summary>
    Task<ConfigView> ChangeConfigAsync(string service, ConfigChangeRequest request, CancellationToken ct);

    Task<ConfigView> RollBackConfigAsync(string service, ConfigRollbackRequest request, CancellationToken ct);

    Task<ConfigHistory> ReadConfigHistoryAsync(string service, string environment, int most, CancellationToken ct);

    /// <summary>What is different in the second release.</summary>
    Task<ReleaseDiff> DiffReleasesAsync(string from, string to, CancellationToken ct);
}
