using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>Whether a release asks to be made anew, because the values that the config server keeps now would make another one of it. Builds nothing.</summary>
/// <param name="remote">Reads what the config server keeps for a service in an environment.</param>
public sealed class ConfigDrift(DataPaths paths, UnitSecrets secrets, RemoteValues remote)
{
    /// <summary>True also where the spec can't be read with the new values: a rollout then says why, where everybody looks.</summary>
    /// <param name="set">Values that the release was asked for with; null: none.</param>
    public async Task<bool> WantsRolloutAsync(Release current, IReadOnlyList<string>? set, CancellationToken ct)
    {
        if (current.Source is not { } source)
            return false;
        if (await ReadAsync(current, set, remote, ct) is not { } spec)
            return (await ReadAsync(current, set, null, ct))?.Config.OnChange == ConfigReaction.Restart;
        if (spec.Config.OnChange != ConfigReaction.Restart)
            return false;
        try
        {
            var toolchain = await ToolchainDetector.OfAsync(spec, new(paths.Sources), source, ct);
            var made = UnitSecrets.Pin(UnitCompiler.Compile(spec, new(current.Id, current.Number), toolchain, paths).Unit, await secrets.PinAsync(spec, ct));
            // A secret that has a newer version is no change of a value.
            return UnitDiff.Fields(UnitSecrets.Unpin(current.Unit), UnitSecrets.Unpin(made)).Count > 0;
        }
        catch (SourceRefusedException)
        {
            return true;
        }
    }

    private async Task<ServiceSpec?> ReadAsync(Release current, IReadOnlyList<string>? set, RemoteValues? values, CancellationToken ct) =>
        (await StoredSpec.ReadAsync(new(paths.Sources), current.Source!, current.Service, current.Environment, set, values, ct)).Spec;
}
