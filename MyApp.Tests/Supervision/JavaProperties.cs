using System.Globalization;
using System.Text;

namespace MyApp.Tests.Supervision;

/// <summary>Reads a properties file as the documentation of java.util.Properties.load says; for lines that end with a line feed.</summary>
internal static class JavaProperties
{
    public static IEnumerable<KeyValuePair<string, string>> Load(string text)
    {
        foreach (var line in Logical(text).Select(line => line.TrimStart(' ', '\t', '\f')).Where(line => line.Length > 0 && line[0] is not ('#' or '!')))
        {
            var end = 0;
            while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t' or '\f'))
                end += line[end] == '\\' ? 2 : 1;
            var rest = line[Math.Min(end, line.Length)..].TrimStart(' ', '\t', '\f');
            if (rest.Length > 0 && rest[0] is '=' or ':')
                rest = rest[1..].TrimStart(' ', '\t', '\f');
            yield return KeyValuePair.Create(Unescaped(line[..Math.Min(end, line.Length)]), Unescaped(rest));
        }
    }

    private static IEnumerable<string> Logical(string text)
    {
        var line = new StringBuilder();
        foreach (var natural in text.Split('\n', '\r'))
        {
            line.Append(line.Length == 0 ? natural : natural.TrimStart(' ', '\t', '\f'));
            var odd = natural.Reverse().TakeWhile(c => c == '\\').Count() % 2 == 1;
            if (odd)
            {
                line.Length--;
                continue;
            }

            yield return line.ToString();
            line.Clear();
        }
    }

    private static string Unescaped(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
            }
            else if (text[++i] == 'u')
            {
                result.Append((char)int.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                result.Append(text[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var c => c });
            }
        }

        return result.ToString();
    }
}
