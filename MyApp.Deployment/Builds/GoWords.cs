namespace MyApp.Deployment.Builds;

/// <summary>
/// How the go command splits the value of -ldflags (cmd/internal/quoted): at white space, with whole words in either kind of quotes and no
/// way to escape one.
/// </summary>
internal static class GoWords
{
    public static bool CanQuote(string word) =>
        word.Length > 0 && !word.Any(char.IsControl) && !(word.Contains('\'', StringComparison.Ordinal) && word.Contains('"', StringComparison.Ordinal));

    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word)
    {
        if (!word.Any(c => char.IsWhiteSpace(c) || c is '\'' or '"'))
            return word;
        var quote = word.Contains('\'', StringComparison.Ordinal) ? '"' : '\'';
        return $"{quote}{word}{quote}";
    }
}
