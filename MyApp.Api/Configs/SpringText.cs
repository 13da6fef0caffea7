using System.Text;
using System.Text.Json;

namespace MyApp.Api.Configs;

/// <summary>Flat values as texts, each format with its own quoting. Keys are not nested, which every reader of these formats takes as well.</summary>
internal static class SpringText
{
    /// <summary>Each as a double-quoted scalar, whose escapes are those of JSON (YAML 1.2, 5.7).</summary>
    public static string Yaml(IReadOnlyDictionary<string, string> values) =>
        values.Count == 0 ? "{}\n" : string.Concat(values.Select(pair => $"{Quoted(pair.Key)}: {Quoted(pair.Value)}\n"));

    public static string Json(IReadOnlyDictionary<string, string> values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (key, value) in values)
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>As java.util.Properties reads it: what is not printable ASCII as \uXXXX, and what separates or continues escaped.</summary>
    public static string Properties(IReadOnlyDictionary<string, string> values) =>
        string.Concat(values.Select(pair => $"{Escaped(pair.Key, isKey: true)}: {Escaped(pair.Value, isKey: false)}\n"));

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Escaped(string text, bool isKey)
    {
        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\\' or ':' or '=' or '#' or '!' || (c == ' ' && (isKey || i == 0)))
                escaped.Append('\\').Append(c);
            else if (c is < ' ' or > '~')
                escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }
}
