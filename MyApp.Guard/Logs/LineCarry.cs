using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>Where in its file a carried part of a line is.</summary>
internal readonly record struct CarryPlace(long Offset, int Length);

/// <summary>
/// The beginning of a line whose end has not been written yet. It is taken out of the pipe, or a writer that fills the rest of the pipe
/// would wake nobody; and it is kept in a file, or it would go with the guard. The file has two longs, place and length, and the bytes.
/// </summary>
internal sealed unsafe class LineCarry(string path)
{
    private const int Header = 16;
    private const long Wrap = 4L * 1024 * 1024;
    private SafeFileHandle? file;
    private byte[] bytes = [];

    public CarryPlace Place { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Place.Length);

    /// <summary>Takes up what a guard before left.</summary>
    public void Load()
    {
        if (!File.Exists(path))
            return;
        var content = File.ReadAllBytes(path);
        if (content.Length < Header)
            return;
        var (offset, length) = (BitConverter.ToInt64(content), BitConverter.ToInt64(content.AsSpan(8)));
        if (offset < Header || length <= 0 || offset + length > content.Length)
            return;
        Place = new CarryPlace(offset, (int)length);
        bytes = content.AsSpan((int)offset, (int)length).ToArray();
    }

    /// <summary>Writes what is to be carried beside what is, which stays valid until <see cref="Commit"/>.</summary>
    public CarryPlace Stage(ReadOnlySpan<byte> next)
    {
        if (next.IsEmpty)
            return default;
        file ??= Fd.Open(path, O_RDWR | O_CREAT, 0b110_000_000);
        var grows = Place.Length > 0 && next.StartsWith(Bytes);
        var offset = grows ? Place.Offset : Math.Max(Header, Place.Offset + Place.Length);
        if (!grows && offset + next.Length > Wrap)
            offset = Header;
        var known = grows ? Place.Length : 0;
        Write(next[known..], offset + known);
        return new CarryPlace(offset, next.Length);
    }

    public void Commit(CarryPlace place, ReadOnlySpan<byte> next)
    {
        if (place == Place)
            return;
        WritePlace(place);
        if (bytes.Length < next.Length || next.IsEmpty)
            bytes = next.IsEmpty ? [] : new byte[next.Length * 2];
        next.CopyTo(bytes);
        Place = place;
        if (!next.IsEmpty)
            return;
        file?.Dispose();
        file = null;
    }

    /// <summary>Says which part counts, for a carry that nobody has loaded.</summary>
    public static void Correct(string path, CarryPlace place)
    {
        if (File.Exists(path))
            new LineCarry(path).WritePlace(place);
    }

    public void Delete()
    {
        file?.Dispose();
        file = null;
        File.Delete(path);
    }

    private void WritePlace(CarryPlace place)
    {
        Span<byte> header = stackalloc byte[Header];
        BitConverter.TryWriteBytes(header, place.Offset);
        BitConverter.TryWriteBytes(header[8..], (long)place.Length);
        file ??= Fd.Open(path, O_RDWR | O_CREAT, 0b110_000_000);
        Write(header, 0);
    }

    // On a full disk the line is carried in memory alone.
    private void Write(ReadOnlySpan<byte> content, long offset)
    {
        fixed (byte* first = content)
            _ = PipeCalls.pwrite(Fd.Number(file!), first, content.Length, offset);
    }
}
