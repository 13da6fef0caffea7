using System.Globalization;
using System.Text;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>A signed document in DSSE (https://github.com/secure-systems-lab/dsse).</summary>
/// <param name="Payload">Base64.</param>
internal sealed record Envelope(string Payload, string PayloadType, IReadOnlyList<EnvelopeSignature> Signatures)
{
    public const string InToto = "application/vnd.in-toto+json";

    public static Envelope Sign(byte[] payload, SigningKey key) =>
        new(Convert.ToBase64String(payload), InToto, [new(key.Public.Id, Convert.ToBase64String(key.Sign(Encoded(InToto, payload))))]);

    /// <summary>The payload where one of the keys has signed it; else null.</summary>
    public (byte[] Payload, PublicKey Key)? Open(IReadOnlyList<PublicKey> trusted)
    {
        var payload = Convert.FromBase64String(Payload);
        var signed = Encoded(PayloadType, payload);
        foreach (var signature in Signatures)
        {
            // The id is only a hint, and not itself signed.
            if (trusted.FirstOrDefault(key => key.Verifies(signed, Convert.FromBase64String(signature.Sig))) is { } key)
                return (payload, key);
        }

        return null;
    }

    private static byte[] Encoded(string type, byte[] payload)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }
}

internal sealed record EnvelopeSignature(string Keyid, string Sig);
