using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace MyApp.Deployment.Sources;

/// <summary><c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
public static partial class Digests
{
    private const string Prefix = "sha256:";

    public static bool IsValid(string digest) => Shape().IsMatch(digest);

    /// <summary>The digits alone, safe as a file name.</summary>
    public static string Hex(string digest) =>
        IsValid(digest) ? digest[Prefix.Length..] : throw new ArgumentException("not a digest of the form sha256:…", nameof(digest));

    internal static string Of(IncrementalHash hash) => Prefix + Convert.ToHexStringLower(hash.GetHashAndReset());

    internal static string Of(ReadOnlySpan<byte> bytes) => Prefix + Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static async Task<string> OfFileAsync(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        return Prefix + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
