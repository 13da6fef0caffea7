using MyApp.Deployment.Layering;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.ControlPlane;

/// <summary>What the config server keeps for a service in an environment.</summary>
/// <param name="Version">Of the last change; 0: there was none yet.</param>
/// <param name="Values">In ordinal order of their keys.</param>
public sealed record ConfigView(string Service, string Environment, long Version, IReadOnlyList<RemoteValue> Values);

/// <summary>One atomic change: all of it holds from one version on, or none of it.</summary>
public sealed record ConfigChangeRequest
{
    public required string Environment { get; init; }

    /// <summary>Values by the path of their key; null: none.</summary>
    public IReadOnlyDictionary<string, string?>? Set { get; init; }

    /// <summary>Keys to take away; null: none.</summary>
    public IReadOnlyList<string>? Unset { get; init; }

    /// <summary>Refused unless this is the version that holds; null: whichever.</summary>
    public long? IfVersion { get; init; }

    /// <summary>Why, for the history.</summary>
    public string? Message { get; init; }

    /// <summary>Who, for the history.</summary>
    public required string RequestedBy { get; init; }
}

/// <param name="To">The version whose values are to hold again.</param>
public sealed record ConfigRollbackRequest(string Environment, long To, string RequestedBy);

/// <summary>One change, as the history tells it.</summary>
/// <param name="Keys">What it set, and with a minus before them what it took away.</param>
public sealed record ConfigChangeView(long Version, DateTimeOffset At, string By, string? Message, IReadOnlyList<string> Keys);

/// <summary>Newest first.</summary>
public sealed record ConfigHistory(IReadOnlyList<ConfigChangeView> Changes);

/// <summary>What is different in the second release, each as <c>replicas 1 → 2</c>; of the environment only names.</summary>
public sealed record ReleaseDiff(string From, string To, IReadOnlyList<string> Changes)
{
    public static ReleaseDiff Of(Release from, Release to)
    {
        List<string> changes = [.. UnitDiff.Fields(from.Unit, to.Unit).Where(change => change.Path != "executable").Select(change => change.ToString())];
        if (from.Artifact != to.Artifact)
            changes.Insert(0, $"artifact {from.Artifact} → {to.Artifact}");
        return new(from.Id, to.Id, changes);
    }
}

/// <summary>Sets a secret. A class and not a record, so that nothing prints its value.</summary>
public sealed class SecretRequest
{
    public required string Name { get; init; }

    public required string Environment { get; init; }

    /// <summary>Null: for every service of the environment.</summary>
    public string? Service { get; init; }

    /// <summary>In clear, on the wire to a control plane that answers on loopback or over TLS.</summary>
    public required string? Value { get; init; }

    public required string RequestedBy { get; init; }
}

public sealed record SecretRotateRequest(string RequestedBy);

/// <param name="Rewrapped">Versions whose key is now wrapped with the active key of the ring.</param>
public sealed record SecretRotation(int Rewrapped);

/// <summary>A secret, without anything of what it is.</summary>
/// <param name="Version">The newest.</param>
/// <param name="KeyIds">Of the keys its versions are wrapped with.</param>
public sealed record SecretView(string Name, string Environment, string? Service, int Version, DateTimeOffset SetAt, string SetBy, IReadOnlyList<string> KeyIds)
{
    /// <summary>One for each name and scope, of the versions there are.</summary>
    public static IReadOnlyList<SecretView> Of(IEnumerable<SealedSecret> versions) =>
    [
        .. from version in versions
           group version by (version.Scope.Environment, version.Scope.Service, version.Name) into same
           orderby same.Key.Environment, same.Key.Name, same.Key.Service
           let newest = same.MaxBy(each => each.Version)!
           select new SecretView(
               newest.Name, newest.Scope.Environment, newest.Scope.Service, newest.Version, newest.CreatedAt, newest.CreatedBy,
               [.. same.Select(each => each.KeyId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])
    ];
}

public sealed record SecretList(IReadOnlyList<SecretView> Secrets);

/// <summary>Newest first.</summary>
public sealed record SecretAudit(IReadOnlyList<SecretEvent> Events);
