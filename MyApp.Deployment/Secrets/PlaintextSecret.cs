using System.Text.RegularExpressions;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Secrets;

/// <summary>Tells by name and value what looks like a secret that is written out.</summary>
internal static partial class PlaintextSecret
{
    /// <param name="name">Of the variable or the option; empty: none.</param>
    public static bool IsOne(string name, string value)
    {
        if (Token().IsMatch(value) || InAddress().IsMatch(value))
            return true;
        return Name().IsMatch(name) && !NotItself().IsMatch(name) && IsLiteral(value);
    }

    /// <summary>What to write in its place.</summary>
    public static string Fix(string name) => $"myapp secrets set {name}, and run.env: {{ {name}: \"${{secret:{name}}}\" }}";

    /// <param name="path">The key that refers to it instead.</param>
    public static string Fix(string name, string path) => $"myapp secrets set {name}, and {path} = \"${{secret:{name}}}\"";

    // A reference, a path, a switch or a number of seconds is no secret.
    private static bool IsLiteral(string value) =>
        value.Length > 0 && !value.Contains("${", StringComparison.Ordinal) && !value.StartsWith('/')
        && value is not ("true" or "false" or "on" or "off") && Quantities.Duration(value) is null && !value.All(char.IsAsciiDigit);

    [GeneratedRegex("(?i)(?:passw(?:or)?d|passphrase|secret|token|api_?-?key|access_?-?key|private_?-?key|credential)")]
    private static partial Regex Name();

    [GeneratedRegex("(?i)(?:_|-)?(?:file|path|url|uri|issuer|audience|ttl|lifetime|expiry|expires|header|name|id|algorithm|length|type)$")]
    private static partial Regex NotItself();

    // scheme://user:password@host
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:(?!\$\{)[^/\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex InAddress();

    // AWS, GitHub, GitLab, Slack and Stripe keys, JSON web tokens, private keys in PEM form.
    [GeneratedRegex(@"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[A-Za-z0-9_-]{20}|\bxox[abpr]-[A-Za-z0-9-]{10}|\bsk_live_[A-Za-z0-9]{16}|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY-----", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
