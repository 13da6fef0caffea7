using System.Text.RegularExpressions;

namespace MyApp.Deployment.Specs;

/// <summary>What names may be made of. They become folder names, host names and log fields, so the rule is the narrowest of these.</summary>
public static partial class Names
{
    public const string Rule = "1 to 63 lower-case letters, digits and hyphens, beginning with a letter";

    /// <summary>Services, environments and ports.</summary>
    public static bool IsValid(string name) => Name().IsMatch(name);

    internal static bool IsUser(string name) => User().IsMatch(name);

    internal static bool IsVariable(string name) => Variable().IsMatch(name);

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z_][a-z0-9_-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
