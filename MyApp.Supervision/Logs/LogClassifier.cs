using System.Text;
using System.Text.Json;

namespace MyApp.Supervision.Logs;

/// <summary>Says by a member of a JSON line which file the line belongs to.</summary>
/// <param name="member">Name of a member of the outermost object.</param>
public sealed class LogClassifier(string member)
{
    private static readonly (byte[] Word, LogStream Stream)[] Words =
    [
        ("access"u8.ToArray(), LogStream.Access), ("error"u8.ToArray(), LogStream.Error), ("trace"u8.ToArray(), LogStream.Trace),
        ("debug"u8.ToArray(), LogStream.Trace), ("fatal"u8.ToArray(), LogStream.Error), ("panic"u8.ToArray(), LogStream.Error),
        ("critical"u8.ToArray(), LogStream.Error), ("err"u8.ToArray(), LogStream.Error), ("dpanic"u8.ToArray(), LogStream.Error),
        ("verbose"u8.ToArray(), LogStream.Trace),
    ];

    private readonly byte[] name = Encoding.UTF8.GetBytes(member);

    /// <param name="line">Without its end.</param>
    /// <param name="otherwise">For a line that is no JSON object or lacks the member.</param>
    /// <returns>By the member's value: a stream's name, or a level: <c>error</c>, <c>fatal</c>, <c>panic</c> and <c>critical</c> are errors,
    /// <c>trace</c> and <c>debug</c> are trace, every other text is access. Case does not count.</returns>
    public LogStream Classify(ReadOnlySpan<byte> line, LogStream otherwise)
    {
        if (line.IsEmpty || line[0] != (byte)'{' || line.IndexOf(name) < 0)
            return otherwise;
        var reader = new Utf8JsonReader(line);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(name);
                reader.Read();
                if (found)
                    return reader.TokenType == JsonTokenType.String ? OfWord(reader.ValueSpan) : otherwise;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // A line that only begins like JSON.
        }

        return otherwise;
    }

    private static LogStream OfWord(ReadOnlySpan<byte> value)
    {
        foreach (var (word, stream) in Words)
        {
            if (Ascii.EqualsIgnoreCase(value, word))
                return stream;
        }

        return LogStream.Access;
    }
}
