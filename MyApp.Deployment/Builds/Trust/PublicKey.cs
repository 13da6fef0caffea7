using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>Of a builder or a person; outside in PEM, or short as <c>ed25519:</c> and the base64 of its 32 bytes.</summary>
public sealed class PublicKey
{
    private const string Label = "PUBLIC KEY";
    private const string Scheme = "ed25519:";
    private readonly Ed25519PublicKeyParameters key;
    private readonly byte[] encoded;

    internal PublicKey(Ed25519PublicKeyParameters key)
    {
        this.key = key;
        encoded = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(key).GetDerEncoded();
    }

    /// <summary>SHA-256 over its SubjectPublicKeyInfo.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(encoded));

    /// <summary>Null where the text is no Ed25519 key in PEM (SubjectPublicKeyInfo).</summary>
    public static PublicKey? Parse(string pem)
    {
        try
        {
            return PemEncoding.TryFind(pem, out var fields) && pem[fields.Label] == Label
                && PublicKeyFactory.CreateKey(Convert.FromBase64String(pem[fields.Base64Data])) is Ed25519PublicKeyParameters found
                ? new(found)
                : null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or SecurityUtilityException)
        {
            return null;
        }
    }

    /// <summary>Null where the text is not the short form of a key.</summary>
    public static PublicKey? ParseShort(string text)
    {
        var bytes = new byte[Ed25519PublicKeyParameters.KeySize + 2];
        return text.StartsWith(Scheme, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Scheme.Length..], bytes, out var length)
            && length == Ed25519PublicKeyParameters.KeySize && new Ed25519PublicKeyParameters(bytes, 0) is var found && new PublicKey(found) is var key && key.ToShort() == text
            ? key
            : null;
    }

    public string ToShort() => Scheme + Convert.ToBase64String(key.GetEncoded());

    public string ToPem() => PemEncoding.WriteString(Label, encoded) + "\n";

    internal bool Verifies(byte[] message, byte[] signature)
    {
        if (signature.Length != Ed25519PrivateKeyParameters.SignatureSize)
            return false;
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, key);
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature);
    }
}
