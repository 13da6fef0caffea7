using MyApp.Deployment.Approvals;
using MyApp.Deployment.Secrets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>Whether the instances of a release can be given what it would be made with now, while they run.</summary>
internal static class RefreshObstacle
{
    /// <param name="approval">Of the release as it would be made now.</param>
    /// <returns>Why not, in words; null: they can.</returns>
    public static string? Of(Release current, Unit made, ApprovalRule? approval)
    {
        var ship = $"myapp ship {current.Service} --env {current.Environment}";
        // What people have to sign is a release.
        if (current.Approval is not null || approval is not null)
            return $"in {current.Environment} people sign what a service runs with, so the values come with a rollout: {ship}";
        if (Changes(current.Unit, made).FirstOrDefault(change => !change.Path.StartsWith("config.values.", StringComparison.Ordinal)) is { } other)
            return $"{other.Path} would be another one too, which a running program can't be given: {ship}";
        return made.Config is { Refreshable: true } ? null : $"{current.Id} was shipped without config: {{ onChange: signal }}";
    }

    /// <summary>A secret that has a newer version is no change of a value.</summary>
    public static IReadOnlyList<FieldChange> Changes(Unit current, Unit made) => UnitDiff.Fields(UnitSecrets.Unpin(current), UnitSecrets.Unpin(made));
}
