using System.Text.RegularExpressions;

namespace MyApp.Deployment.Specs;

/// <summary>The <c>${…}</c> of arguments and environment values.</summary>
internal static partial class SpecPlaceholders
{
    public const string Known = "known are ${port}, ${port:NAME}, ${instance}, ${env}, ${release}, ${config} and ${secret:NAME}";

    /// <summary>What is wrong with a text's placeholders; null where nothing is.</summary>
    /// <param name="hasConfig">The application's values are delivered as a file.</param>
    public static string? Problem(string text, IReadOnlyCollection<string> ports, bool hasConfig)
    {
        foreach (Match match in Any().Matches(text))
        {
            var (word, name) = (match.Groups[1].Value, match.Groups[2].Success ? match.Groups[2].Value : null);
            var known = word switch
            {
                "instance" or "env" or "release" or "config" => name is null,
                "port" => name is null || ports.Contains(name),
                "secret" => name is not null && Names.IsVariable(name),
                _ => false,
            };
            if (!known)
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

    [GeneratedRegex(@"\$\{([^}:]*)(?::([^}]*))?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Any();
}
