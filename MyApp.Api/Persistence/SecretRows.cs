using MyApp.Deployment.Secrets;

namespace MyApp.Api.Persistence;

/// <summary>A version of a secret; see <see cref="SealedSecret"/>.</summary>
internal sealed class SecretRow
{
    public required string Environment { get; init; }

    /// <summary>Empty: every service's, as part of a key can't be null.</summary>
    public required string Service { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public required string KeyId { get; init; }

    public required byte[] WrappedKey { get; init; }

    public required byte[] Box { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public SealedSecret ToSealed() => new()
    {
        Scope = new(Environment, Service.Length == 0 ? null : Service), Name = Name, Version = Version, KeyId = KeyId, WrappedKey = WrappedKey, Box = Box,
        CreatedAt = CreatedAt, CreatedBy = CreatedBy,
    };

    public static SecretRow Of(SealedSecret secret) => new()
    {
        Environment = secret.Scope.Environment, Service = secret.Scope.Service ?? "", Name = secret.Name, Version = secret.Version, KeyId = secret.KeyId,
        WrappedKey = secret.WrappedKey, Box = secret.Box, CreatedAt = secret.CreatedAt.ToUniversalTime(), CreatedBy = secret.CreatedBy,
    };
}

/// <summary>That somebody did something with a secret. Only ever added to.</summary>
internal sealed class SecretEventRow
{
    public long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required SecretAction Action { get; init; }

    public required string By { get; init; }

    public required string Environment { get; init; }

    public string? Service { get; init; }

    public required string Name { get; init; }

    public int? Version { get; init; }

    public SecretEvent ToEvent() => new(Time, Action, By, Environment, Service, Name, Version);

    public static SecretEventRow Of(SecretEvent audited) => new()
    {
        Time = audited.Time.ToUniversalTime(), Action = audited.Action, By = audited.By, Environment = audited.Environment, Service = audited.Service,
        Name = audited.Name, Version = audited.Version,
    };
}
