using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MyApp.Deployment.Secrets;

/// <summary>A value that nobody should read by accident: printed, logged, serialised or shown by a debugger it is <see cref="Redacted"/>.</summary>
[DebuggerDisplay(Redacted)]
[JsonConverter(typeof(SecretConverter))]
public sealed class Secret(string value)
{
    public const string Redacted = "[secret]";

    private readonly string value = value;

    /// <summary>The value itself, for the one who hands it over to the process it is for.</summary>
    public string Reveal() => value;

    public override string ToString() => Redacted;

    private sealed class SecretConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Redacted);
    }
}
