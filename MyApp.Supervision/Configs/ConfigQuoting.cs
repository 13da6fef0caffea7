using System.Globalization;
using System.Text;

namespace MyApp.Supervision.Configs;

/// <summary>The one home of quoting in formats of configuration; JSON's is the JSON writer's own. A NUL has no form in any of them.</summary>
public static class ConfigQuoting
{
    /// <summary>A double-quoted scalar (YAML 1.2, 7.3.1): what is not printable there is escaped, all else stands as it is.</summary>
    public static string Yaml(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>As a POSIX shell and the readers of .env files take it alike: bare where nothing is special, in single quotes, and in double quotes where it holds a single one.</summary>
    public static string Dotenv(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@' or '%' or '+' or ','))
            return text;
        if (!text.Contains('\'', StringComparison.Ordinal))
            return $"'{text}'";
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\' or '$' or '`')
                quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    public static string PropertyKey(string text) => Property(text, isKey: true);

    public static string PropertyValue(string text) => Property(text, isKey: false);

    // As java.util.Properties reads it: what is not printable ASCII as \uXXXX, and what separates or continues escaped.
    private static string Property(string text, bool isKey)
    {
        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\\' or ':' or '=' or '#' or '!' || (c == ' ' && (isKey || i == 0)))
                escaped.Append('\\').Append(c);
            else if (c is < ' ' or > '~')
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }
}
