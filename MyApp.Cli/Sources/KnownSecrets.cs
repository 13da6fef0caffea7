using MyApp.Cli.Output;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Sources;

/// <summary>Which secrets an environment has for a service, by their names alone.</summary>
internal static class KnownSecrets
{
    /// <returns>Null: not known, which is said, or not wanted.</returns>
    public static async Task<IReadOnlySet<string>?> OfAsync(Invocation call, ServiceSpec spec, CancellationToken ct)
    {
        if (!UnitSecrets.Wanted(spec).Any())
            return null;
        try
        {
            await using var settings = call.ConnectSettings();
            var kept = await settings.ListSecretsAsync(spec.Environment, ct);
            return kept.Secrets.Where(secret => secret.Service is null || secret.Service == spec.Service).Select(secret => secret.Name).ToHashSet(StringComparer.Ordinal);
        }
        catch (CommandFailedException e) when (e.ExitCode == ExitCode.Failed)
        {
            call.Screen.Error(new Styled($"myapp: {spec.Service}: whether its secrets are there is not checked: {e.Message}", Tone.Warning));
            return null;
        }
    }
}
