using MyApp.Deployment.Environments;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.ControlPlane;

/// <summary><c>GET /api/v1/environments</c>: what stands where. By service, and within a service on the way of a release.</summary>
public sealed record EnvironmentStandings(IReadOnlyList<EnvironmentStanding> Environments)
{
    /// <summary>Adds to what is known the environments that a service has not been shipped to yet, and what holds for each.</summary>
    /// <param name="known">One for each service and environment that was ever shipped to.</param>
    /// <param name="specs">By service, the one that was shipped last; a service whose spec can't be read is not in it.</param>
    public static EnvironmentStandings Of(IReadOnlyList<EnvironmentStanding> known, IReadOnlyDictionary<string, SpecFile> specs, DateTimeOffset now) =>
        new([.. known.GroupBy(each => each.Service).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group => OfService(group.Key, [.. group], specs.GetValueOrDefault(group.Key), now))]);

    /// <param name="environment">Null: in all.</param>
    public EnvironmentStandings In(string? environment) => environment is null ? this : new([.. Environments.Where(each => each.Environment == environment)]);

    private static IEnumerable<EnvironmentStanding> OfService(string service, IReadOnlyList<EnvironmentStanding> known, SpecFile? spec, DateTimeOffset now)
    {
        var named = spec?.Services.Contains(service) is true ? spec.AllEnvironments : [];
        foreach (var name in named.Union(known.Select(each => each.Environment).Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            var standing = known.FirstOrDefault(each => each.Environment == name) ?? new() { Service = service, Environment = name };
            yield return standing with { Rules = named.Contains(name) ? EnvironmentView.Of(spec!, service, name, now) : null };
        }
    }
}

/// <summary>What stands of a service in an environment, and what holds for shipping to it.</summary>
public sealed record EnvironmentStanding
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>The release that has the traffic; null: none.</summary>
    public ReleaseView? Release { get; init; }

    /// <summary>The rollout under way; null: none.</summary>
    public Rollout? Rollout { get; init; }

    /// <summary>As the spec has it that was shipped last, wherever to; null: it can't be read, or has no such environment any more.</summary>
    public EnvironmentView? Rules { get; init; }
}
