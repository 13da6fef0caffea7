using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;

namespace MyApp.Cli.Local;

/// <summary>Without a control plane: the secrets of the data folder.</summary>
internal sealed class LocalSettings(SecretVault vault, IRolloutStore store) : ISettingsControl
{
    public Task<SecretView> SetSecretAsync(SecretScope scope, string name, Secret value, CancellationToken ct) =>
        TryAsync(async () => SecretView.Of([await vault.SetAsync(scope, name, value, Invocation.RequestedBy, ct)])[0]);

    public Task<SecretList> ListSecretsAsync(string environment, CancellationToken ct) => TryAsync(async () => new SecretList(SecretView.Of(await vault.ListAsync(environment, ct))));

    public Task<SecretRotation> RotateSecretsAsync(CancellationToken ct) => TryAsync(async () => new SecretRotation(await vault.RotateAsync(Invocation.RequestedBy, ct)));

    public Task<SecretAudit> ReadSecretAuditAsync(string environment, int most, CancellationToken ct) =>
        TryAsync(async () => new SecretAudit(await vault.ReadAuditAsync(environment, most, ct)));

    public Task<ConfigView> ReadConfigAsync(string service, string environment, long? version, CancellationToken ct) => throw NoServer();

    public Task<ConfigView> ChangeConfigAsync(string service, ConfigChangeRequest request, CancellationToken ct) => throw NoServer();

    public Task<ConfigView> RollBackConfigAsync(string service, ConfigRollbackRequest request, CancellationToken ct) => throw NoServer();

    public Task<ConfigHistory> ReadConfigHistoryAsync(string service, string environment, int most, CancellationToken ct) => throw NoServer();

    public async Task<ReleaseDiff> DiffReleasesAsync(string from, string to, CancellationToken ct) =>
        ReleaseDiff.Of(await FindAsync(from, ct), await FindAsync(to, ct));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Release> FindAsync(string release, CancellationToken ct) => await store.FindReleaseAsync(release, ct)
        ?? throw new CommandFailedException(ExitCode.BadInput, $"local mode has made no release {release}");

    private static async Task<T> TryAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (SecretsUnavailableException e)
        {
            throw new CommandFailedException(ExitCode.Failed, e.Message, e);
        }
    }

    private static CommandFailedException NoServer() =>
        new(ExitCode.BadInput, "local mode has no config server: write the value into the spec, or leave --local out");
}
