using System.Text;
using System.Text.Json;
using MyApp.Supervision.Configs;

namespace MyApp.Api.Configs;

/// <summary>Flat values as texts. Keys are not nested, which every reader of these formats takes as well.</summary>
internal static class SpringText
{
    public static string Yaml(IReadOnlyDictionary<string, string> values) =>
        values.Count == 0 ? "{}\n" : string.Concat(values.Select(pair => $"{ConfigQuoting.Yaml(pair.Key)}: {ConfigQuoting.Yaml(pair.Value)}\n"));

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

    public static string Properties(IReadOnlyDictionary<string, string> values) =>
        string.Concat(values.Select(pair => $"{ConfigQuoting.PropertyKey(pair.Key)}: {ConfigQuoting.PropertyValue(pair.Value)}\n"));
}
