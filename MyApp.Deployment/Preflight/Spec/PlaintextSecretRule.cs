using System.Text.RegularExpressions;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>What looks like a secret and is written out. The message names the place and never the value.</summary>
internal sealed partial class PlaintextSecretRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.plaintext-secret", "A secret is written out in the spec", Severity.Warning, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        foreach (var value in WrittenValues.Of(facts).Where(IsSecret))
        {
            var name = value.Path.StartsWith("run.env.", StringComparison.Ordinal) ? value.Name : "NAME";
            var instead = value.Path.StartsWith(RemoteKeys.Application, StringComparison.Ordinal) ? $"{value.Path} = \"${{secret:{name}}}\"" : $"run.env: {{ {name}: \"${{secret:{name}}}\" }}";
            yield return new(value.Path, $"{value.Path} looks like a secret that is written out", $"myapp secrets set {name}, and {instead}");
        }
    }

    private static bool IsSecret(WrittenValue value)
    {
        if (Token().IsMatch(value.Value) || InAddress().IsMatch(value.Value))
            return true;
        return Name().IsMatch(value.Name) && !NotItself().IsMatch(value.Name) && IsLiteral(value.Value);
    }

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
