using System.Text.RegularExpressions;

namespace MyApp.Deployment.Logs;

/// <summary>Which lines of a log are wanted. Matched in time proportional to the line, as a pattern may come from anybody.</summary>
public sealed class LogPattern
{
    /// <summary>Lines that are looked through from the end, or from the time asked for, at most.</summary>
    public const int MostSearched = 100_000;

    private const int LongestPattern = 1000;
    private readonly Regex expression;

    private LogPattern(Regex expression) => this.expression = expression;

    /// <summary>A regular expression as .NET reads it, without look-around and back references.</summary>
    /// <param name="problem">Null where it can be used.</param>
    public static LogPattern? Read(string text, out string? problem)
    {
        problem = text.Length is 0 or > LongestPattern ? $"a pattern has 1 to {LongestPattern} characters" : null;
        if (problem is not null)
            return null;
        try
        {
            return new(new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = $"'{text}' can't be searched for: {e.Message}";
            return null;
        }
    }

    public bool Matches(string line) => expression.IsMatch(line);
}
