using System.Security.Cryptography;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>An Ed25519 key of a builder, who signs provenance, or of a person, who signs rollouts. It is made when it is first needed.</summary>
internal sealed class SigningKey
{
    private const string PrivateLabel = "PRIVATE KEY";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Ed25519PrivateKeyParameters key;

    private SigningKey(Ed25519PrivateKeyParameters key)
    {
        this.key = key;
        Public = new PublicKey(key.GeneratePublicKey());
    }

    public PublicKey Public { get; }

    /// <summary>The builder's of this data folder.</summary>
    /// <exception cref="InvalidDataException">The file is no Ed25519 key.</exception>
    public static Task<SigningKey> LoadOrCreateAsync(DataPaths paths, CancellationToken ct) => LoadOrCreateAsync(BuilderKeys.PrivatePath(paths), BuilderKeys.PublicPath(paths), ct);

    /// <param name="path">PEM (PKCS #8), mode 600, in a folder that is made with mode 700 where there is none.</param>
    /// <param name="publicPath">Null: the public half is not kept.</param>
    /// <exception cref="InvalidDataException">The file is no Ed25519 key.</exception>
    public static async Task<SigningKey> LoadOrCreateAsync(string path, string? publicPath, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(path)!;
        MakePrivate(folder);
        using var only = await new StoreLock(folder).TakeAsync(ct);
        if (File.Exists(path))
            return Read(await File.ReadAllTextAsync(path, ct), path);
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        var made = new SigningKey((Ed25519PrivateKeyParameters)generator.GenerateKeyPair().Private);
        // The public half first: with the private one there, both are.
        if (publicPath is not null)
            AtomicFile.WriteAllText(publicPath, made.Public.ToPem());
        AtomicFile.WriteAllText(path, PemEncoding.WriteString(PrivateLabel, PrivateKeyInfoFactory.CreatePrivateKeyInfo(made.key).GetDerEncoded()) + "\n", OwnerOnly);
        return made;
    }

    public byte[] Sign(byte[] message)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, key);
        signer.BlockUpdate(message, 0, message.Length);
        return signer.GenerateSignature();
    }

    private static SigningKey Read(string text, string path)
    {
        if (PemEncoding.TryFind(text, out var fields) && text[fields.Label] == PrivateLabel
            && PrivateKeyFactory.CreateKey(Convert.FromBase64String(text[fields.Base64Data])) is Ed25519PrivateKeyParameters key)
            return new(key);
        throw new InvalidDataException($"{path} is no Ed25519 key in PEM (PKCS #8)");
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }
}
