namespace MyApp.Guard.Probing.Dialogues;

/// <summary>
/// The Huffman code of RFC 7541, appendix B. It is canonical (codes of one length follow each other in the order of their symbols), so the
/// lengths alone say everything.
/// </summary>
internal static class Huffman
{
    private const int Longest = 30;

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    ];

    private static readonly byte[] Counts = CountLengths();

    /// <exception cref="FormatException">These are no codes.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> coded)
    {
        var text = new List<byte>();
        // The first code of a length follows the last one of the length before, with a zero appended.
        var (code, first, length) = (0, 0, 0);
        for (var bit = 0; bit < coded.Length * 8; bit++)
        {
            code = (code << 1) | ((coded[bit / 8] >> (7 - (bit % 8))) & 1);
            first = (first + Counts[length]) << 1;
            if (++length > Longest)
                throw new FormatException("not a Huffman code");
            if (code - first >= Counts[length])
                continue;
            text.Add(Nth(length, code - first));
            (code, first, length) = (0, 0, 0);
        }

        // What is left is padding: the beginning of the code that is all ones.
        return length < 8 && code == (1 << length) - 1 ? [.. text] : throw new FormatException("not a Huffman code");
    }

    private static byte[] CountLengths()
    {
        var counts = new byte[Longest + 1];
        foreach (var length in Lengths)
            counts[length]++;
        return counts;
    }

    private static byte Nth(int length, int index)
    {
        var symbol = 0;
        while (Lengths[symbol] != length || index-- > 0)
            symbol++;
        return (byte)symbol;
    }
}
