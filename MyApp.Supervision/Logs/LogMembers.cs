using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace MyApp.Supervision.Logs;

/// <summary>
/// Compressed logs: gzip files of many members (RFC 1952, 2.2), each of whole lines. A member says in an extra field how long it is, so that
/// one in the middle is found without decompressing what is before it. Every reader of gzip reads them.
/// </summary>
public static class LogMembers
{
    /// <summary>Bytes of text in a member; more where a line is longer.</summary>
    public const int TextBytes = 256 * 1024;

    private const int PlainHeader = 10;
    private const int ExtraField = 10;
    private const byte HasExtra = 4;

    // XLEN, the subfield's name, the length of what it holds; the member's bytes follow.
    private static readonly byte[] ExtraHead = [8, 0, (byte)'M', (byte)'A', 4, 0];

    /// <summary>Compresses all there is.</summary>
    public static void Write(Stream from, Stream to)
    {
        var text = new byte[TextBytes];
        var used = 0;
        using var member = new MemoryStream();
        for (var ended = false; !ended;)
        {
            var count = from.ReadAtLeast(text.AsSpan(used), text.Length - used, throwOnEndOfStream: false);
            ended = used + count < text.Length;
            used += count;
            var whole = ended ? used : text.AsSpan(0, used).LastIndexOf((byte)'\n') + 1;
            if (whole == 0 && !ended)
                Array.Resize(ref text, text.Length * 2);
            if (whole == 0)
                continue;
            Write(text.AsSpan(0, whole), member, to);
            text.AsSpan(whole, used - whole).CopyTo(text);
            used -= whole;
        }
    }

    /// <returns>Where each begins and how long it is. What follows a member that does not say it, as in a file of another program, is one.</returns>
    internal static IReadOnlyList<(long Offset, long Length)> Find(SafeFileHandle file, long length)
    {
        var found = new List<(long, long)>();
        Span<byte> head = stackalloc byte[PlainHeader + ExtraField];
        for (long offset = 0, size; offset < length; offset += size)
        {
            size = RandomAccess.Read(file, head, offset) == head.Length && SizeIn(head) is var said && said > head.Length && said <= length - offset ? said : 0;
            if (size == 0)
                size = length - offset;
            found.Add((offset, size));
        }

        return found;
    }

    private static void Write(ReadOnlySpan<byte> text, MemoryStream member, Stream to)
    {
        member.SetLength(0);
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(text);
        var bytes = member.GetBuffer().AsSpan(0, (int)member.Length);
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)(bytes.Length + ExtraField));
        bytes[3] |= HasExtra;
        to.Write(bytes[..PlainHeader]);
        to.Write(ExtraHead);
        to.Write(size);
        to.Write(bytes[PlainHeader..]);
    }

    // 0: it does not say.
    private static uint SizeIn(ReadOnlySpan<byte> head)
    {
        var ours = head is [0x1f, 0x8b, 8, HasExtra, ..] && head.Slice(PlainHeader, ExtraHead.Length).SequenceEqual(ExtraHead);
        return ours ? BinaryPrimitives.ReadUInt32LittleEndian(head[^4..]) : 0;
    }
}
