using System.Text;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Deployment.Approvals;

/// <summary>The key a person signs rollouts with. Its private half never leaves their machine.</summary>
public sealed class PersonalKey
{
    private readonly SigningKey key;

    private PersonalKey(SigningKey key) => this.key = key;

    /// <summary>The line that environments list people by: <c>ed25519:…</c>.</summary>
    public string Public => key.Public.ToShort();

    /// <param name="path">PEM (PKCS #8), mode 600.</param>
    /// <exception cref="InvalidDataException">The file is no Ed25519 key.</exception>
    public static async Task<PersonalKey> LoadOrCreateAsync(string path, CancellationToken ct) => new(await SigningKey.LoadOrCreateAsync(path, null, ct));

    public ApprovalRequest Sign(string statement) => new(Public, Convert.ToBase64String(key.Sign(Encoding.UTF8.GetBytes(statement))));
}
