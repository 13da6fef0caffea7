using System.Text.RegularExpressions;

namespace MyApp.Deployment.Specs;

/// <summary>The <c>${…}</c> of commands, arguments and environment values.</summary>
internal static partial class SpecPlaceholders
{
    private const string Known = "known are ${port}, ${port:NAME}, ${instance}, ${env}, ${release}, ${config} and ${secret:NAME}; ${$} is a dollar sign";

    /// <summary>Refuses a key whose text has a placeholder that is none, or that means nothing there.</summary>
    /// <returns>False: it was refused.</returns>
    public static bool Check(string text, SpecSection section, string key, PlaceholderScope scope)
    {
        if (Any().Matches(text).FirstOrDefault(match => !IsKnown(match)) is { } unknown)
        {
            section.RefuseValue(key, $"unknown placeholder '{unknown.Value}'", Known);
            return false;
        }

        var unmet = Any().Matches(text).Select(match => Unmet(match, scope)).FirstOrDefault(found => found is not null);
        if (unmet is { } what)
            section.Refuse(key, what.Message, what.Fix);
        return unmet is null;
    }

    /// <summary>Program and arguments of what is run beside the service, with its environment.</summary>
    public static IReadOnlyList<string> Command(SpecSection section, string key, PlaceholderScope scope)
    {
        var command = section.Command(key);
        foreach (var text in command)
            Check(text, section, key, scope with { HasSecrets = false });
        return command;
    }

    /// <summary>Refuses a key of the build that counts on being filled in: a release comes after it, and an instance after that.</summary>
    public static void RefuseAny(string text, SpecSection section, string key)
    {
        if (Any().Matches(text).FirstOrDefault(match => IsKnown(match) && Parts(match).Word != "$") is { } found)
            section.RefuseValue(key, $"'{found.Value}' is not known when the executable is built", "give it to the program in run.env or run.args");
    }

    private static bool IsKnown(Match match)
    {
        var (word, name) = Parts(match);
        return word switch
        {
            "instance" or "env" or "release" or "config" or "$" => name is null,
            "port" => name is null || Names.IsValid(name),
            "secret" => name is not null && Names.IsVariable(name),
            _ => false,
        };
    }

    private static (string Message, string Fix)? Unmet(Match match, PlaceholderScope scope)
    {
        var (word, name) = Parts(match);
        return word switch
        {
            "port" or "instance" or "config" when !scope.HasInstance => ($"'{match.Value}' is used, where no instance has begun yet", "known here are ${env} and ${release}; ${$} is a dollar sign"),
            "port" when name is not null && !scope.Ports.Contains(name) => ($"unknown placeholder '{match.Value}'", Known),
            "port" when scope.Ports.Count == 0 => ("'${port}' is used, but the service has no port", Known),
            "config" when !scope.HasConfig => ("'${config}' is used, where there is no file of values", Known),
            "secret" when !scope.HasSecrets => ($"'{match.Value}' is used, where every user of the machine could read it", "the program has the variables of run.env, which may hold it"),
            _ => null,
        };
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
