using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MyApp.Supervision.Configs;

/// <summary>Writes a file of values. Pure: the same values give the same text.</summary>
public static class ConfigText
{
    /// <param name="fill">Gives a text its last form, e.g. with placeholders filled in.</param>
    public static string Write(ConfigFile file, Func<string, string> fill)
    {
        var values = file.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key, Value: pair.Value.IsLiteral ? pair.Value : new ConfigValue(fill(pair.Value.Text)))).ToList();
        return file.Format switch
        {
            ConfigFormat.Dotenv => string.Concat(values.Select(each => $"{ConfigNames.Variable(file.Prefix, each.Key)}={ConfigQuoting.Dotenv(each.Value.Text)}\n")),
            ConfigFormat.Properties => string.Concat(values.Select(each => $"{ConfigQuoting.PropertyKey(each.Key)}={ConfigQuoting.PropertyValue(each.Value.Text)}\n")),
            ConfigFormat.Json => Json(values),
            _ => values.Count == 0 ? "{}\n" : Yaml(values, ""),
        };
    }

    private static string Json(IReadOnlyList<(string Key, ConfigValue Value)> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            WriteMap(json, values);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteMap(Utf8JsonWriter json, IEnumerable<(string Key, ConfigValue Value)> values)
    {
        json.WriteStartObject();
        foreach (var (name, value, inner) in Level(values))
        {
            json.WritePropertyName(name);
            if (value is null)
                WriteMap(json, inner);
            else if (value.IsLiteral)
                json.WriteRawValue(value.Text);
            else
                json.WriteStringValue(value.Text);
        }

        json.WriteEndObject();
    }

    private static string Yaml(IEnumerable<(string Key, ConfigValue Value)> values, string indent) => string.Concat(
        Level(values).Select(each => each.Value is { } value
            ? $"{indent}{ConfigQuoting.Yaml(each.Name)}: {(value.IsLiteral ? value.Text : ConfigQuoting.Yaml(value.Text))}\n"
            : $"{indent}{ConfigQuoting.Yaml(each.Name)}:\n{Yaml(each.Inner, indent + "  ")}"));

    // A key is a value or the beginning of others, never both.
    private static IEnumerable<(string Name, ConfigValue? Value, IReadOnlyList<(string Key, ConfigValue Value)> Inner)> Level(IEnumerable<(string Key, ConfigValue Value)> values)
    {
        foreach (var same in values.GroupBy(each => each.Key.Split('.', 2)[0], StringComparer.Ordinal))
        {
            if (same.First() is var first && first.Key == same.Key)
                yield return (same.Key, first.Value, []);
            else
                yield return (same.Key, null, [.. same.Select(each => (each.Key[(same.Key.Length + 1)..], each.Value))]);
        }
    }
}
