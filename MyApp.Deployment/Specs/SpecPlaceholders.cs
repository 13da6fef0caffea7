using System.Text.RegularExpressions;

namespace MyApp.Deployment.Specs;

/// <summary>The <c>${…}</c> of arguments and environment values.</summary>
internal static partial class SpecPlaceholders
{
    private const string Known = "known are ${port}, ${port:NAME}, ${instance}, ${env}, ${release}, ${config} and ${secret:NAME}";

    /// <summary>Refuses a key whose text has a placeholder that is none, or that needs what the service does not have.</summary>
    /// <param name="hasConfig">The application's values are delivered as a file.</param>
    /// <returns>False: it was refused.</returns>
    public static bool Check(string text, SpecSection section, string key, IReadOnlyCollection<string> ports, bool hasConfig)
    {
        var (unknown, unmet) = (Unknown(text), Unmet(text, ports, hasConfig));
        if (unknown is not null)
            section.RefuseValue(key, unknown, Known);
        else if (unmet is not null)
            section.Refuse(key, unmet, Known);
        return (unknown ?? unmet) is null;
    }

    private static string? Unknown(string text)
    {
        foreach (Match match in Any().Matches(text))
        {
            var (word, name) = Parts(match);
            var known = word switch
            {
                "instance" or "env" or "release" or "config" => name is null,
                "port" => name is null || Names.IsValid(name),
                "secret" => name is not null && Names.IsVariable(name),
                _ => false,
            };
            if (!known)
                return $"unknown placeholder '{match.Value}'";
        }

        return null;
    }

    private static string? Unmet(string text, IReadOnlyCollection<string> ports, bool hasConfig)
    {
        foreach (Match match in Any().Matches(text))
        {
            var (word, name) = Parts(match);
            if (word == "port" && name is not null && !ports.Contains(name))
                return $"unknown placeholder '{match.Value}'";
            if (word == "port" && ports.Count == 0)
                return "'${port}' is used, but the service has no port";
            if (word == "config" && !hasConfig)
                return "'${config}' is used, where there is no file of values";
        }

        return null;
    }

    public static IEnumerable<string> Secrets(string text) =>
        Any().Matches(text).Where(match => match.Groups[1].Value == "secret").Select(match => match.Groups[2].Value);

    /// <summary>Replaces each <c>${secret:NAME}</c> in one pass; null: it stays as it is.</summary>
    public static string ReplaceSecrets(string text, Func<string, string?> value) =>
        Any().Replace(text, match => match.Groups[1].Value == "secret" ? value(match.Groups[2].Value) ?? match.Value : match.Value);

    /// <summary>Fills in what is known before the unit reaches a target; ports and instance are the target's to fill in.</summary>
    public static string Resolve(string text, string environment, string release) =>
        text.Replace("${env}", environment, StringComparison.Ordinal).Replace("${release}", release, StringComparison.Ordinal);

    private static (string Word, string? Name) Parts(Match match) => (match.Groups[1].Value, match.Groups[2].Success ? match.Groups[2].Value : null);

    [GeneratedRegex(@"\$\{([^}:]*)(?::([^}]*))?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Any();
}
