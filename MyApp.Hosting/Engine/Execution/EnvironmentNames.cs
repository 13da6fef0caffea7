namespace MyApp.Hosting.Engine.Execution;

internal static class EnvironmentNames
{
    /// <summary>In capitals, with an underscore for every character a variable's name cannot have.</summary>
    public static string Upper(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
