namespace MyApp.Deployment.Secrets;

/// <summary>One version of a secret, encrypted with a key of its own, which is encrypted with a key of the key ring.</summary>
public sealed record SealedSecret
{
    public required SecretScope Scope { get; init; }

    public required string Name { get; init; }

    /// <summary>Counts up from 1 per scope and name.</summary>
    public required int Version { get; init; }

    /// <summary>Of the key in the ring.</summary>
    public required string KeyId { get; init; }

    /// <summary>AES-256-GCM of the version's own key: nonce, tag, ciphertext.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>AES-256-GCM of the value: nonce, tag, ciphertext.</summary>
    public required byte[] Box { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}
