using System.Text;

namespace MyApp.Guard.Probing.Dialogues;

/// <summary>
/// Header compression of HTTP/2 (RFC 7541) for one answer of a server that was told to keep no dynamic table. Of the static table only
/// <c>:status</c> is of interest; the names of other indexed headers are not looked up.
/// </summary>
internal static class Hpack
{
    // Static table, 8 to 14.
    private static readonly string[] Statuses = ["200", "204", "206", "304", "400", "404", "500"];

    /// <summary>A string literal that is not compressed.</summary>
    public static byte[] Text(string text) => [.. Integer(text.Length, 7, 0), .. Encoding.ASCII.GetBytes(text)];

    /// <summary>RFC 7541, 5.1.</summary>
    public static byte[] Integer(int value, int prefixBits, byte flags)
    {
        var most = (1 << prefixBits) - 1;
        if (value < most)
            return [(byte)(flags | value)];
        var bytes = new List<byte> { (byte)(flags | most) };
        for (value -= most; value >= 128; value >>= 7)
            bytes.Add((byte)(0x80 | (value & 0x7f)));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <returns>False: it is not a header block.</returns>
    public static bool TryRead(ReadOnlySpan<byte> block, Dictionary<string, string> headers)
    {
        try
        {
            while (!block.IsEmpty)
                ReadOne(ref block, headers);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void ReadOne(ref ReadOnlySpan<byte> block, Dictionary<string, string> headers)
    {
        var first = block[0];
        if ((first & 0x80) != 0)
        {
            var index = ReadInteger(ref block, 7);
            if (index is >= 8 and <= 14)
                headers[":status"] = Statuses[index - 8];
            return;
        }

        if ((first & 0xe0) == 0x20)
        {
            // A change of the dynamic table's size.
            _ = ReadInteger(ref block, 5);
            return;
        }

        var name = ReadInteger(ref block, (first & 0x40) != 0 ? 6 : 4);
        var text = name == 0 ? ReadText(ref block) : name is >= 8 and <= 14 ? ":status" : null;
        var value = ReadText(ref block);
        if (text is not null)
            headers[text] = value;
    }

    private static int ReadInteger(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var most = (1 << prefixBits) - 1;
        var value = Next(ref block) & most;
        if (value < most)
            return value;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            var next = Next(ref block);
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value;
        }

        throw new FormatException("a number is too long");
    }

    private static string ReadText(ref ReadOnlySpan<byte> block)
    {
        var compressed = !block.IsEmpty && (block[0] & 0x80) != 0;
        var length = ReadInteger(ref block, 7);
        if (length > block.Length)
            throw new FormatException("a text is longer than its block");
        var bytes = block[..length];
        block = block[length..];
        return Encoding.Latin1.GetString(compressed ? Huffman.Decode(bytes) : bytes);
    }

    private static byte Next(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            throw new FormatException("the block ends in the middle");
        var first = block[0];
        block = block[1..];
        return first;
    }
}
