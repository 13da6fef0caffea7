using System.Text;

namespace MyApp.Cli.Output;

/// <summary>
/// Text of others (log lines, compilers' output, answers of servers) made harmless for a terminal: escape sequences and control
/// characters could retitle it, write to the clipboard, hide lines or answer on the user's behalf.
/// </summary>
internal static class TerminalText
{
    private const char Escape = '\u001b';
    private const char Bell = '\u0007';
    private const char StringEnd = '\u009c';

    /// <summary>Keeps tabs and line feeds; whole escape sequences go (ECMA-48), as do controls and marks that reorder text.</summary>
    public static string Clean(string text)
    {
        var first = text.AsSpan().IndexOfAnyWhere(IsUnwanted);
        if (first < 0)
            return text;
        var clean = new StringBuilder(text.Length).Append(text, 0, first);
        for (var i = first; i < text.Length;)
        {
            if (IsUnwanted(text[i]))
                i = Skip(text, i);
            else
                clean.Append(text[i++]);
        }

        return clean.ToString();
    }

    /// <summary>Also without line feeds: for one line among others, so that nobody writes a line in another's name.</summary>
    public static string CleanLine(string text) => Clean(text).Replace('\n', ' ');

    private static bool IsUnwanted(char c) =>
        (char.IsControl(c) && c is not ('\t' or '\n')) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    // Where the text goes on after what begins at i.
    private static int Skip(string text, int i) => text[i] switch
    {
        Escape when i + 1 < text.Length => SkipEscape(text, i + 1),
        '\u009b' => SkipControlSequence(text, i + 1),
        '\u0090' or '\u0098' or '\u009d' or '\u009e' or '\u009f' => SkipString(text, i + 1),
        _ => i + 1,
    };

    private static int SkipEscape(string text, int i)
    {
        switch (text[i])
        {
            case '[':
                return SkipControlSequence(text, i + 1);
            case ']' or 'P' or 'X' or '^' or '_':
                return SkipString(text, i + 1);
            case >= ' ' and <= '/':
                while (i < text.Length && text[i] is >= ' ' and <= '/')
                    i++;
                return Math.Min(i + 1, text.Length);
            case >= '0' and <= '~':
                return i + 1;
            default:
                return i;
        }
    }

    private static int SkipControlSequence(string text, int i)
    {
        while (i < text.Length && text[i] is >= ' ' and <= '?')
            i++;
        return i < text.Length && text[i] is >= '@' and <= '~' ? i + 1 : i;
    }

    // OSC, DCS, SOS, PM and APC last until ST or BEL; unfinished, they swallow the rest, as in a terminal.
    private static int SkipString(string text, int i)
    {
        for (; i < text.Length; i++)
        {
            if (text[i] is Bell or StringEnd)
                return i + 1;
            if (text[i] == Escape && i + 1 < text.Length && text[i + 1] == '\\')
                return i + 2;
        }

        return i;
    }

    private static int IndexOfAnyWhere(this ReadOnlySpan<char> text, Func<char, bool> matches)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (matches(text[i]))
                return i;
        }

        return -1;
    }
}
