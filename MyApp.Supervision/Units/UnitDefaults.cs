using System.Buffers;
using System.Text.Json;
using MyApp.Supervision.Configs;

namespace MyApp.Supervision.Units;

/// <summary>
/// Fills in what a written unit leaves out. The serializer can't: made at compile time, it sets every init-only member, an absent one to
/// null. So a unit that was written before a member existed gets that member's default here too.
/// </summary>
public static class UnitDefaults
{
    private static readonly Unit Service = new() { Service = "", Environment = "", Release = "", Executable = "" };
    private static readonly JsonElement Root = JsonSerializer.SerializeToElement(Service, UnitJson.Default.Unit);

    // What completes is not started again.
    private static readonly JsonElement RootOfJob = JsonSerializer.SerializeToElement(
        Service with { Restart = new RestartRule { Policy = RestartPolicy.OnFailure } }, UnitJson.Default.Unit);

    private static readonly Dictionary<string, JsonElement> Nested = new(StringComparer.Ordinal)
    {
        ["startup"] = JsonSerializer.SerializeToElement(new Probe(), UnitJson.Default.Probe),
        ["readiness"] = JsonSerializer.SerializeToElement(new Probe(), UnitJson.Default.Probe),
        ["liveness"] = JsonSerializer.SerializeToElement(new Probe(), UnitJson.Default.Probe),
        ["config"] = JsonSerializer.SerializeToElement(new ConfigFile(), UnitJson.Default.ConfigFile),
        ["job"] = JsonSerializer.SerializeToElement(new JobRule(), UnitJson.Default.JobRule),
        ["dependsOn"] = JsonSerializer.SerializeToElement(new UnitDependency { Name = "" }, UnitJson.Default.UnitDependency),
    };

    /// <param name="unit">An object.</param>
    /// <returns>The unit, with the default of whatever it leaves out.</returns>
    /// <exception cref="JsonException">It has something of another type, or lacks what has no default.</exception>
    public static Unit Read(JsonElement unit) => JsonSerializer.Deserialize(Complete(unit), UnitJson.Default.Unit)!;

    // The unit whole, as UTF-8 JSON.
    private static byte[] Complete(JsonElement unit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            WriteObject(writer, unit, unit.TryGetProperty("job", out var job) && job.ValueKind == JsonValueKind.Object ? RootOfJob : Root, Nested);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement given, JsonElement defaults, Dictionary<string, JsonElement>? nested)
    {
        writer.WriteStartObject();
        foreach (var member in given.EnumerateObject())
        {
            var inner = Default(member.Name, defaults, nested);
            // Null says "absent" of what can be absent, and "the default" of what can't.
            if (member.Value.ValueKind == JsonValueKind.Null && inner?.ValueKind is JsonValueKind.Object or JsonValueKind.Array && nested?.ContainsKey(member.Name) != true)
                continue;
            writer.WritePropertyName(member.Name);
            WriteValue(writer, member.Value, inner);
        }

        foreach (var member in defaults.EnumerateObject())
        {
            if (!given.TryGetProperty(member.Name, out var value) || (value.ValueKind == JsonValueKind.Null && member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
                member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement value, JsonElement? defaults)
    {
        if (value.ValueKind == JsonValueKind.Object && defaults is { ValueKind: JsonValueKind.Object } inner)
        {
            WriteObject(writer, value, inner, null);
        }
        else if (value.ValueKind == JsonValueKind.Array && defaults is { ValueKind: JsonValueKind.Object })
        {
            writer.WriteStartArray();
            foreach (var element in value.EnumerateArray())
                WriteValue(writer, element, defaults);
            writer.WriteEndArray();
        }
        else
        {
            value.WriteTo(writer);
        }
    }

    private static JsonElement? Default(string name, JsonElement defaults, Dictionary<string, JsonElement>? nested) =>
        nested is not null && nested.TryGetValue(name, out var inner) ? inner
        : defaults.TryGetProperty(name, out var own) ? own : null;
}
