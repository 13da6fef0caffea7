namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The names Aspire accepts: 1 to 64 ASCII letters, digits and hyphens, a letter first, no two hyphens in a row and none at the end.
/// </summary>
internal static class ResourceName
{
    public const int MaxLength = 64;

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    public static void Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Problem(name) is { } problem)
            throw new ArgumentException($"Resource name '{name}' is invalid: {problem}.", nameof(name));
    }

    private static string? Problem(string name) => name switch
    {
        "" => "it is empty",
        { Length: > MaxLength } => $"it has {name.Length} characters, {MaxLength} are allowed",
        _ when !char.IsAsciiLetter(name[0]) => "it must start with an ASCII letter",
        _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') => "only ASCII letters, digits and hyphens are allowed",
        _ when name.Contains("--", StringComparison.Ordinal) => "it has two hyphens in a row",
        _ when name.EndsWith('-') => "it ends with a hyphen",
        _ => null,
    };
}
