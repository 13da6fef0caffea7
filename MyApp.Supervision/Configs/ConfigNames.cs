using System.Text.RegularExpressions;

namespace MyApp.Supervision.Configs;

/// <summary>What an application's values are called in the places they are given in.</summary>
public static partial class ConfigNames
{
    public const string PartRule = "1 to 64 letters, digits, hyphens and underscores, beginning with a letter";
    public const string FileRule = "1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit";

    /// <summary>One part of a key, between its dots.</summary>
    public static bool IsPart(string part) => Part().IsMatch(part);

    public static bool IsKey(string key) => key.Split('.').All(IsPart);

    /// <summary>A key whose parts may be items of lists: <c>servers[0].host</c>.</summary>
    public static bool IsPath(string key) => key.Split('.').All(part => IndexedPart().IsMatch(part));

    public static bool IsFile(string name) => File().IsMatch(name);

    /// <summary>Empty, or the beginning of a variable's name.</summary>
    public static bool IsPrefix(string prefix) => Prefix().IsMatch(prefix);

    /// <summary>The variable of a key: <c>db.pool-size</c> is <c>DB_POOL_SIZE</c> and <c>hosts[0]</c> is <c>HOSTS_0</c>, after the prefix.</summary>
    public static string Variable(string prefix, string key) =>
        prefix + key.Replace("]", "", StringComparison.Ordinal).Replace('[', '_').Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}(?:\[(?:0|[1-9][0-9]{0,4})\])*\z", RegexOptions.CultureInvariant)]
    private static partial Regex IndexedPart();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex File();

    [GeneratedRegex(@"^(?:[A-Za-z_][A-Za-z0-9_]{0,63})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
