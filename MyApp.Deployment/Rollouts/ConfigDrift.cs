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
    public async Task<bool> WantsRolloutAsync(Release current, CancellationToken ct)
    {
        if (current.Source is not { } source)
            return false;
        var values = await remote(current.Service, current.Environment, ct);
        var around = SpecLayers.Of(current.Environment, [], [], service => service == current.Service ? values : [], []);
        if (await ReadAsync(current, around, ct) is not { } spec)
            return (await ReadAsync(current, null, ct))?.Config.OnChange == ConfigReaction.Restart;
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

    private async Task<ServiceSpec?> ReadAsync(Release current, SpecLayers? around, CancellationToken ct) =>
        (await StoredSpec.ReadAsync(new(paths.Sources), current.Source!, current.Service, current.Environment, around, ct)).Spec;
}
