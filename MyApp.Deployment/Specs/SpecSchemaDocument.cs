using System.Text;
using System.Text.Json;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Specs;

/// <summary>A JSON schema (draft 7) of myapp.yaml for editors: every key with what reference.yaml says of it, and no other.</summary>
public static class SpecSchemaDocument
{
    private const string Draft = "http://json-schema.org/draft-07/schema#";
    private static readonly string[] Scalars = ["string", "number", "boolean", "null"];

    public static string Write()
    {
        var texts = SpecDocumentation.Keys().ToDictionary(key => key.Path, key => key.Text, StringComparer.Ordinal);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Draft);
            json.WriteString("title", SpecReader.DefaultFileName);
            WriteShape(json, SpecReference.ReadSchema(), "", texts);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    // A map may always be written as one value too ('readiness: off'), and a list can be appended to ('+args').
    private static void WriteShape(Utf8JsonWriter json, KeySchema schema, string path, Dictionary<string, string> texts)
    {
        if (schema.IsFree || schema is { Keys.Count: 0, Any: null, Item: null })
        {
            // Any scalar: '1', 1 and 1.5 are read alike; some keys take a program with its arguments.
            Types(json, ["array", "object", .. Scalars]);
            return;
        }

        if (schema.Item is { } item)
        {
            Types(json, ["array", .. Scalars]);
            json.WriteStartObject("items");
            WriteShape(json, item, path + "[]", texts);
            json.WriteEndObject();
        }
        else
        {
            Types(json, path.Length == 0 ? ["object"] : ["object", .. Scalars]);
        }

        if (schema.Keys.Count == 0 && schema.Any is null)
            return;
        WriteKeys(json, schema, path, texts);
    }

    private static void WriteKeys(Utf8JsonWriter json, KeySchema schema, string path, Dictionary<string, string> texts)
    {
        json.WriteStartObject("properties");
        foreach (var (name, value) in schema.Keys)
        {
            WriteKey(json, name, value, path, texts);
            if (value.Item is not null && path.Length > 0)
                WriteKey(json, "+" + name, value, path, texts);
        }

        json.WriteEndObject();
        if (schema.Any is { } any)
        {
            json.WriteStartObject("additionalProperties");
            WriteShape(json, any, SpecPath.Join(path, "<NAME>"), texts);
            json.WriteEndObject();
        }
        else
        {
            json.WriteBoolean("additionalProperties", false);
        }
    }

    // Within an environment and a service of several the keys are those of the file, and so is what is said of them.
    private static void WriteKey(Utf8JsonWriter json, string name, KeySchema value, string path, Dictionary<string, string> texts)
    {
        var at = SpecPath.Join(path, name.TrimStart('+'));
        json.WriteStartObject(name);
        if ((texts.GetValueOrDefault(at) ?? texts.GetValueOrDefault(Outermost(at))) is { Length: > 0 } text)
            json.WriteString("description", text);
        WriteShape(json, value, at, texts);
        json.WriteEndObject();
    }

    private static string Outermost(string path) => path.Replace("services[].", "", StringComparison.Ordinal).Replace("environments.<NAME>.", "", StringComparison.Ordinal);

    private static void Types(Utf8JsonWriter json, string[] types)
    {
        json.WriteStartArray("type");
        foreach (var type in types)
            json.WriteStringValue(type);
        json.WriteEndArray();
    }
}
