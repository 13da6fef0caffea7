using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>What a service asks for, because the values that the config server keeps now are not those it runs with.</summary>
public enum ConfigWish
{
    Nothing,

    /// <summary>Another release of the same artifact.</summary>
    Rollout,

    /// <summary>Another file for the instances that run.</summary>
    Refresh,
}

/// <summary>Compares what a release runs with to what it would be made with now. Builds nothing.</summary>
/// <param name="remote">Reads what the config server keeps for a service in an environment.</param>
public sealed class ConfigDrift(DataPaths paths, UnitSecrets secrets, RemoteValues remote)
{
    /// <summary>A rollout also where the spec can't be read with the new values: it then says why, where everybody looks.</summary>
    /// <param name="set">Values that the release was asked for with; null: none.</param>
    /// <param name="given">Revision of the values that its instances were given since they were shipped; null: none.</param>
    public async Task<ConfigWish> WishAsync(Release current, IReadOnlyList<string>? set, string? given, CancellationToken ct)
    {
        if (current.Source is not { } source)
            return ConfigWish.Nothing;
        if (await ReadAsync(current, set, remote, ct) is not { } spec)
            return (await ReadAsync(current, set, null, ct))?.Config.OnChange is ConfigReaction.Restart or ConfigReaction.Signal ? ConfigWish.Rollout : ConfigWish.Nothing;
        if (spec.Config.OnChange == ConfigReaction.Ignore)
            return ConfigWish.Nothing;
        try
        {
            var toolchain = await ToolchainDetector.OfAsync(spec, new(paths.Sources), source, ct);
            var made = UnitSecrets.Pin(UnitCompiler.Compile(spec, new(current.Id, current.Number), toolchain, paths).Unit, await secrets.PinAsync(spec, ct));
            return Compare(current, spec, made, given);
        }
        catch (SourceRefusedException)
        {
            return ConfigWish.Rollout;
        }
    }

    /// <summary>Of the values in a unit's file, whatever the versions of their secrets.</summary>
    internal static string RevisionOf(Unit unit) => ConfigRevision.Of(UnitSecrets.Unpin(unit).Config!.Values);

    private static ConfigWish Compare(Release current, ServiceSpec spec, Unit made, string? given)
    {
        if (RefreshObstacle.Of(current, made, spec.Rules.Approval) is not null)
            return RefreshObstacle.Changes(current.Unit, made).Count > 0 ? ConfigWish.Rollout : ConfigWish.Nothing;
        return RevisionOf(made) == (given ?? RevisionOf(current.Unit)) ? ConfigWish.Nothing : ConfigWish.Refresh;
    }

    private async Task<ServiceSpec?> ReadAsync(Release current, IReadOnlyList<string>? set, RemoteValues? values, CancellationToken ct) =>
        (await StoredSpec.ReadAsync(new(paths.Sources), current.Source!, current.Service, current.Environment, set, values, ct)).Spec;
}
