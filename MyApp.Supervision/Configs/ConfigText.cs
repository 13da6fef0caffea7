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
            _ => values.Count == 0 ? "{}\n" : Yaml(ConfigTree.Of(values), ""),
        };
    }

    private static string Json(IReadOnlyList<(string Key, ConfigValue Value)> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            WriteInner(json, ConfigTree.Of(values), isList: false);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, ConfigTree node)
    {
        if (node.Value is not { } value)
            WriteInner(json, node.Inner, node.IsList);
        else if (value.IsLiteral)
            json.WriteRawValue(value.Text);
        else
            json.WriteStringValue(value.Text);
    }

    private static void WriteInner(Utf8JsonWriter json, IReadOnlyList<ConfigTree> nodes, bool isList)
    {
        if (isList)
            json.WriteStartArray();
        else
            json.WriteStartObject();
        foreach (var node in nodes)
        {
            if (!isList)
                json.WritePropertyName(node.Name);
            Write(json, node);
        }

        if (isList)
            json.WriteEndArray();
        else
            json.WriteEndObject();
    }

    private static string Yaml(IReadOnlyList<ConfigTree> nodes, string indent) => string.Concat(nodes.Select(node => node switch
    {
        { IsItem: true, Value: { } item } => $"{indent}- {Yaml(item)}\n",
        // What is in an item begins on its own line.
        { IsItem: true } => $"{indent}- {Yaml(node.Inner, indent + "  ")[(indent.Length + 2)..]}",
        { Value: { } value } => $"{indent}{ConfigQuoting.Yaml(node.Name)}: {Yaml(value)}\n",
        _ => $"{indent}{ConfigQuoting.Yaml(node.Name)}:\n{Yaml(node.Inner, indent + "  ")}",
    }));

    private static string Yaml(ConfigValue value) => value.IsLiteral ? value.Text : ConfigQuoting.Yaml(value.Text);
}
