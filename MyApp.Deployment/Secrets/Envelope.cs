using System.Security.Cryptography;
using System.Text;

namespace MyApp.Deployment.Secrets;

/// <summary>
/// Envelope encryption: each version of a secret has a random key of its own, so that a new key-encryption key means new wrappings and not
/// new values. What a box belongs to is authenticated with it: a box that is moved to another name or environment does not open.
/// </summary>
internal static class Envelope
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static SealedSecret Seal(SecretScope scope, string name, int version, Secret value, KeyRing ring, DateTimeOffset now, string by)
    {
        var own = RandomNumberGenerator.GetBytes(KeyBytes);
        var bound = Bound(scope, name, version);
        try
        {
            return new()
            {
                Scope = scope, Name = name, Version = version, KeyId = ring.ActiveId, CreatedAt = now, CreatedBy = by,
                WrappedKey = Close(ring.Key(ring.ActiveId), own, bound),
                Box = Close(own, Encoding.UTF8.GetBytes(value.Reveal()), bound),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
        }
    }

    /// <exception cref="SecretsUnavailableException">The key is missing, or box and key do not belong together.</exception>
    public static Secret Open(SealedSecret sealedSecret, KeyRing ring)
    {
        var own = Unwrap(sealedSecret, ring);
        try
        {
            return new(Encoding.UTF8.GetString(Open(own, sealedSecret.Box, Bound(sealedSecret))));
        }
        catch (CryptographicException e)
        {
            throw Damaged(sealedSecret, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
        }
    }

    /// <summary>The same, its key wrapped with the active key of the ring.</summary>
    public static SealedSecret Rewrap(SealedSecret sealedSecret, KeyRing ring)
    {
        var own = Unwrap(sealedSecret, ring);
        try
        {
            return sealedSecret with { KeyId = ring.ActiveId, WrappedKey = Close(ring.Key(ring.ActiveId), own, Bound(sealedSecret)) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(own);
        }
    }

    private static byte[] Unwrap(SealedSecret sealedSecret, KeyRing ring)
    {
        try
        {
            return Open(ring.Key(sealedSecret.KeyId), sealedSecret.WrappedKey, Bound(sealedSecret));
        }
        catch (CryptographicException e)
        {
            throw Damaged(sealedSecret, e);
        }
    }

    private static byte[] Close(byte[] key, byte[] plain, byte[] bound)
    {
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), bound);
        return box;
    }

    private static byte[] Open(byte[] key, byte[] box, byte[] bound)
    {
        if (box.Length < NonceBytes + TagBytes)
            throw new CryptographicException("too short");
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), plain, bound);
        return plain;
    }

    private static byte[] Bound(SealedSecret sealedSecret) => Bound(sealedSecret.Scope, sealedSecret.Name, sealedSecret.Version);

    // None of the parts may hold a line feed.
    private static byte[] Bound(SecretScope scope, string name, int version) =>
        Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"myapp secret\n{scope.Environment}\n{scope.Service}\n{name}\n{version}"));

    private static SecretsUnavailableException Damaged(SealedSecret sealedSecret, CryptographicException e) =>
        new($"version {sealedSecret.Version} of the secret {sealedSecret.Name} of {sealedSecret.Scope} does not open with the key '{sealedSecret.KeyId}': another key of that name, or it was changed", e);
}
