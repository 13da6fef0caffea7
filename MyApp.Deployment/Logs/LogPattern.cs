using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace MyApp.Deployment.Logs;

/// <summary>Which lines of a log are wanted. Matched in time proportional to the line, as a pattern may come from anybody.</summary>
public sealed class LogPattern
{
    private const int LongestPattern = 1000;
    private const int SmallLine = 4096;
    private readonly Regex expression;

    private LogPattern(string text, Regex expression) => (Text, this.expression, Word) = (text, expression, LongestWord(text));

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>What every line that matches has in it, in UTF-8; null: none is known. It is looked for before the pattern.</summary>
    internal byte[]? Word { get; }

    /// <summary>A regular expression as .NET reads it, without look-around and back references.</summary>
    /// <param name="problem">Null where it can be used.</param>
    public static LogPattern? Read(string text, out string? problem)
    {
        problem = text.Length is 0 or > LongestPattern ? $"a pattern has 1 to {LongestPattern} characters" : null;
        if (problem is not null)
            return null;
        try
        {
            return new(text, new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = $"'{text}' can't be searched for: {e.Message}";
            return null;
        }
    }

    public bool Matches(string line) => expression.IsMatch(line);

    /// <param name="line">UTF-8; what is none becomes U+FFFD.</param>
    internal bool Matches(ReadOnlySpan<byte> line)
    {
        if (line.Length <= SmallLine)
        {
            Span<char> small = stackalloc char[line.Length];
            return expression.IsMatch(small[..Encoding.UTF8.GetChars(line, small)]);
        }

        var large = ArrayPool<char>.Shared.Rent(line.Length);
        var matches = expression.IsMatch(large.AsSpan(0, Encoding.UTF8.GetChars(line, large)));
        ArrayPool<char>.Shared.Return(large);
        return matches;
    }

    // Of a pattern of ordinary characters, dots, anchors and simple repetitions; the rest is left to the expression.
    private static byte[]? LongestWord(string pattern)
    {
        if (pattern.Any(c => c is '|' or '(' or ')' or '[' or ']' or '{' or '}' or '\\' or '\uFFFD' || char.IsControl(c) || char.IsSurrogate(c)))
            return null;
        var (longest, word) = ("", "");
        foreach (var c in pattern)
        {
            // The character before it may be missing.
            if (c is '*' or '?' && word.Length > 0)
                word = word[..^1];
            longest = word.Length > longest.Length ? word : longest;
            word = c is '.' or '^' or '$' or '+' or '*' or '?' ? "" : word + c;
        }

        longest = word.Length > longest.Length ? word : longest;
        return longest.Length > 0 ? Encoding.UTF8.GetBytes(longest) : null;
    }
}
