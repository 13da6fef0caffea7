using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace MyApp.Guard.Notify;

/// <summary>
/// SipHash-2-4 (https://www.aumasson.jp/siphash/siphash.pdf): who has not the key can't guess a value. .NET's HMAC would load OpenSSL,
/// which is as large as the whole guard.
/// </summary>
internal static class KeyedHash
{
    /// <param name="key">16 bytes.</param>
    /// <returns>128 bits as 32 hexadecimal digits.</returns>
    public static string Of(string text, ReadOnlySpan<byte> key)
    {
        var bytes = Encoding.UTF8.GetBytes(text + "\0");
        var first = SipHash(bytes, key);
        bytes[^1] = 1;
        return $"{first:x16}{SipHash(bytes, key):x16}";
    }

    internal static ulong SipHash(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        var (k0, k1) = (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
        Span<ulong> v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573];
        var last = (ulong)text.Length << 56;
        for (; text.Length >= 8; text = text[8..])
            Add(v, BinaryPrimitives.ReadUInt64LittleEndian(text));
        for (var i = 0; i < text.Length; i++)
            last |= (ulong)text[i] << (8 * i);
        Add(v, last);
        v[2] ^= 0xff;
        for (var round = 0; round < 4; round++)
            Round(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void Add(Span<ulong> v, ulong word)
    {
        v[3] ^= word;
        Round(v);
        Round(v);
        v[0] ^= word;
    }

    private static void Round(Span<ulong> v)
    {
        unchecked
        {
            v[0] += v[1];
            v[1] = BitOperations.RotateLeft(v[1], 13) ^ v[0];
            v[0] = BitOperations.RotateLeft(v[0], 32);
            v[2] += v[3];
            v[3] = BitOperations.RotateLeft(v[3], 16) ^ v[2];
            v[0] += v[3];
            v[3] = BitOperations.RotateLeft(v[3], 21) ^ v[0];
            v[2] += v[1];
            v[1] = BitOperations.RotateLeft(v[1], 17) ^ v[2];
            v[2] = BitOperations.RotateLeft(v[2], 32);
        }
    }
}
