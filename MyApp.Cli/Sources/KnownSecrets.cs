using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Sources;

/// <summary>Which secrets the environment of the settings has for services, by their names alone. It is asked for them once, and only where a service refers to one.</summary>
internal sealed class KnownSecrets(Invocation call)
{
    private SecretList? kept;
    private CommandFailedException? away;

    /// <returns>Null: not known, which is said, or not wanted.</returns>
    public async Task<IReadOnlySet<string>?> OfAsync(ServiceSpec spec, CancellationToken ct)
    {
        if (!UnitSecrets.Wanted(spec).Any())
            return null;
        if (kept is null && away is null)
            await AskAsync(ct);
        if (kept is { } known)
            return known.Secrets.Where(secret => secret.Service is null || secret.Service == spec.Service).Select(secret => secret.Name).ToHashSet(StringComparer.Ordinal);
        call.Screen.Error(new Styled($"myapp: {spec.Service}: whether its secrets are there is not checked: {away!.Message}", Tone.Warning));
        return null;
    }

    private async Task AskAsync(CancellationToken ct)
    {
        try
        {
            await using var settings = call.ConnectSettings();
            kept = await settings.ListSecretsAsync(call.Settings.Environment, ct);
        }
        catch (CommandFailedException e) when (e.ExitCode == ExitCode.Failed)
        {
            away = e;
        }
    }
}
