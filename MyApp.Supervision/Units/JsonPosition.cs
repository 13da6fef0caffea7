using System.Globalization;
using System.Text.Json;

namespace MyApp.Supervision.Units;

/// <summary>Where in a JSON text a member stands.</summary>
internal static class JsonPosition
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="path">E.g. <c>$.ports[0].port</c>; of one that is not there, the part that is.</param>
    public static (int Line, int Column) Find(ReadOnlySpan<byte> text, string path)
    {
        var reader = new Utf8JsonReader(text, Lenient);
        reader.Read();
        var at = reader.TokenStartIndex;
        foreach (var step in path.Split(['.', '[', ']', '\'', '$'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryEnter(ref reader, step, ref at))
                break;
        }

        var before = text[..(int)at];
        return (before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }

    private static bool TryEnter(ref Utf8JsonReader reader, string step, ref long at) => reader.TokenType switch
    {
        JsonTokenType.StartObject => TryEnterMember(ref reader, step, ref at),
        JsonTokenType.StartArray when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) => TryEnterElement(ref reader, index, ref at),
        _ => false,
    };

    private static bool TryEnterMember(ref Utf8JsonReader reader, string name, ref long at)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            var start = reader.TokenStartIndex;
            reader.Read();
            if (found)
            {
                at = start;
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool TryEnterElement(ref Utf8JsonReader reader, int index, ref long at)
    {
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
            {
                at = reader.TokenStartIndex;
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
