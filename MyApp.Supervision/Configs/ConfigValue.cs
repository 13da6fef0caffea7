using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace MyApp.Supervision.Configs;

/// <summary>One value of an application.</summary>
/// <param name="IsLiteral">It is a number, true or false, which JSON and YAML know; else it is a text, whatever it looks like.</param>
[JsonConverter(typeof(ConfigValueConverter))]
public sealed partial record ConfigValue(string Text, bool IsLiteral = false)
{
    // Longer ones lose digits in most readers.
    private const int LongestNumber = 32;

    /// <summary>A list has a key for each of its items (<c>hosts[0]</c>); one without any has this at its own. For JSON and YAML.</summary>
    public static ConfigValue EmptyList { get; } = new("[]", IsLiteral: true);

    /// <param name="plain">It was written without quotes, so that what looks like a number, true or false is one.</param>
    public static ConfigValue Of(string text, bool plain) => new(text, plain && LooksLiteral(text));

    /// <summary><c>true</c>, <c>false</c>, or a number as JSON writes it, without an exponent.</summary>
    public static bool LooksLiteral(string text) => text is "true" or "false" || (text.Length <= LongestNumber && Number().IsMatch(text));

    [GeneratedRegex(@"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

/// <summary>A text as a JSON string, a literal as it stands.</summary>
public sealed class ConfigValueConverter : JsonConverter<ConfigValue>
{
    public override ConfigValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new(reader.GetString()!);
        using var literal = JsonDocument.ParseValue(ref reader);
        var text = literal.RootElement.GetRawText();
        if (text == ConfigValue.EmptyList.Text)
            return ConfigValue.EmptyList;
        return ConfigValue.LooksLiteral(text) ? new(text, IsLiteral: true) : throw new JsonException("a value is a text, a number without an exponent, true, false or []");
    }

    public override void Write(Utf8JsonWriter writer, ConfigValue value, JsonSerializerOptions options)
    {
        if (value.IsLiteral)
            writer.WriteRawValue(value.Text);
        else
            writer.WriteStringValue(value.Text);
    }
}
