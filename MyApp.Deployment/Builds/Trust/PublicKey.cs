using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>Of a builder; PEM outside.</summary>
public sealed class PublicKey
{
    private const string Label = "PUBLIC KEY";
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
