using System.Globalization;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Secrets;

namespace MyApp.Cli.Remote;

/// <summary>The control plane's secrets and config server.</summary>
internal sealed class RemoteSettings(ApiConnection api) : ISettingsControl
{
    public Task<SecretView> SetSecretAsync(SecretScope scope, string name, Secret value, CancellationToken ct) => api.PostAsync(
        "api/v1/secrets",
        new SecretRequest { Name = name, Environment = scope.Environment, Service = scope.Service, Value = value.Reveal(), RequestedBy = Invocation.RequestedBy },
        WireJson.Default.SecretRequest, WireJson.Default.SecretView, ct);

    public Task<SecretList> ListSecretsAsync(string environment, CancellationToken ct) =>
        api.GetAsync($"api/v1/secrets?environment={Escape(environment)}", WireJson.Default.SecretList, ct);

    public Task<SecretRotation> RotateSecretsAsync(CancellationToken ct) =>
        api.PostAsync("api/v1/secrets/rotate", new SecretRotateRequest(Invocation.RequestedBy), WireJson.Default.SecretRotateRequest, WireJson.Default.SecretRotation, ct);

    public Task<SecretAudit> ReadSecretAuditAsync(string environment, int most, CancellationToken ct) => api.GetAsync(
        string.Create(CultureInfo.InvariantCulture, $"api/v1/secrets/audit?environment={Escape(environment)}&limit={most}"), WireJson.Default.SecretAudit, ct);

    public Task<ConfigView> ReadConfigAsync(string service, string environment, long? version, CancellationToken ct) => api.GetAsync(
        $"{Path(service)}?environment={Escape(environment)}{(version is { } v ? string.Create(CultureInfo.InvariantCulture, $"&version={v}") : "")}", WireJson.Default.ConfigView, ct);

    public Task<ConfigView> ChangeConfigAsync(string service, ConfigChangeRequest request, CancellationToken ct) =>
        api.PostAsync(Path(service), request, WireJson.Default.ConfigChangeRequest, WireJson.Default.ConfigView, ct);

    public Task<ConfigView> RollBackConfigAsync(string service, ConfigRollbackRequest request, CancellationToken ct) =>
        api.PostAsync($"{Path(service)}/rollback", request, WireJson.Default.ConfigRollbackRequest, WireJson.Default.ConfigView, ct);

    public Task<ConfigHistory> ReadConfigHistoryAsync(string service, string environment, int most, CancellationToken ct) => api.GetAsync(
        string.Create(CultureInfo.InvariantCulture, $"{Path(service)}/history?environment={Escape(environment)}&limit={most}"), WireJson.Default.ConfigHistory, ct);

    public Task<ReleaseDiff> DiffReleasesAsync(string from, string to, CancellationToken ct) =>
        api.GetAsync($"api/v1/releases/{Escape(from)}/diff/{Escape(to)}", WireJson.Default.ReleaseDiff, ct);

    public ValueTask DisposeAsync()
    {
        api.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Path(string service) => $"api/v1/configs/{Escape(service)}";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
