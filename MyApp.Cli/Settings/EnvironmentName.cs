using MyApp.Cli.Output;
using MyApp.Deployment.Environments;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Settings;

/// <summary>
/// Values and secrets are kept for an environment before anything is shipped to it, so one that nobody knows yet can't be refused; a slip can be told.
/// </summary>
internal static class EnvironmentName
{
    /// <summary>Says so where the environment of the settings is neither built in, nor shipped to, nor in the spec that was shipped last.</summary>
    /// <param name="service">Null: of every service.</param>
    public static async Task WarnOfUnknownAsync(Invocation call, string? service, CancellationToken ct)
    {
        var name = call.Settings.Environment;
        if (BuiltInEnvironments.Names.Contains(name))
            return;
        await using var control = call.Connect();
        var of = service == RemoteKeys.EveryService ? null : service;
        var known = (await control.ReadEnvironmentsAsync(of, null, ct)).Environments.Select(each => each.Environment).Union(BuiltInEnvironments.Names).ToList();
        if (known.Contains(name))
            return;
        var meant = Nearest.To(name, known) is { } near ? $"; did you mean '{near}'?" : "";
        call.Screen.Error(new Styled("! ", Tone.Warning), $"no spec that was shipped has the environment '{name}': nothing reads this until one does{meant}");
    }
}
