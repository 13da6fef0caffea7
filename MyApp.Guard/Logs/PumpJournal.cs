using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Logs;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>
/// What the pump is about to do with the lines in hand, kept in one page of a file while it does it: a guard that is killed between writing
/// lines and taking them out of their pipe would write them a second time.
/// </summary>
internal sealed unsafe class PumpJournal
{
    public const int Size = 4096;
    public const int Sample = 64;

    // State 0, splices 1, taken 8, head 16, tail 80, old carry 144, new carry 160, files 176 (24 each), path lengths 248, paths 256.
    private const int HeadAt = 16;
    private const int TailAt = HeadAt + Sample;
    private const int CarryAt = TailAt + Sample;
    private const int FilesAt = CarryAt + 32;
    private const int FileSize = 24;
    private const int LengthsAt = FilesAt + (3 * FileSize);
    private const int PathsAt = LengthsAt + 8;
    private readonly SafeFileHandle file;
    private readonly byte[] page = new byte[Size];

    public PumpJournal(string path)
    {
        file = Fd.Open(path, O_RDWR | O_CREAT, 0b110_000_000);
        fixed (byte* first = page)
            _ = PipeCalls.pread(Fd.Number(file), first, Size, 0);
    }

    public bool IsPending => page[0] == 1;

    /// <summary>The kernel was moving the lines: those that have left the pipe are in the file.</summary>
    public bool Splices => page[1] == 1;

    public int Taken => BitConverter.ToInt32(page, 8);

    public CarryPlace OldCarry => Carry(CarryAt);

    public CarryPlace NewCarry => Carry(CarryAt + 16);

    public string Pipe => Encoding.UTF8.GetString(page, PathsAt, BitConverter.ToInt32(page, LengthsAt));

    public string Folder => Encoding.UTF8.GetString(page, PathsAt + BitConverter.ToInt32(page, LengthsAt), BitConverter.ToInt32(page, LengthsAt + 4));

    /// <summary>Whether bytes are those that were in hand.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Taken && Head(bytes).SequenceEqual(page.AsSpan(HeadAt, Head(bytes).Length))
        && Tail(bytes).SequenceEqual(page.AsSpan(TailAt, Tail(bytes).Length));

    /// <returns>Which file of the stream was written to, and its length before; null: none.</returns>
    public (FileIdentity File, long Length)? Touched(LogStream stream)
    {
        var at = page.AsSpan(FilesAt + ((int)stream * FileSize), FileSize);
        var identity = new FileIdentity(BitConverter.ToUInt64(at), BitConverter.ToUInt32(at[8..]), BitConverter.ToUInt32(at[12..]));
        return identity.Inode == 0 ? null : (identity, BitConverter.ToInt64(at[16..]));
    }

    /// <summary>Written before anything else is.</summary>
    public void Begin(byte[] paths, int pipeLength, ReadOnlySpan<byte> taken, CarryPlace old, CarryPlace next, bool splices = false)
    {
        (page[0], page[1]) = (1, splices ? (byte)1 : (byte)0);
        BitConverter.TryWriteBytes(page.AsSpan(8), taken.Length);
        Head(taken).CopyTo(page.AsSpan(HeadAt));
        Tail(taken).CopyTo(page.AsSpan(TailAt));
        Put(CarryAt, old);
        Put(CarryAt + 16, next);
        BitConverter.TryWriteBytes(page.AsSpan(LengthsAt), pipeLength);
        BitConverter.TryWriteBytes(page.AsSpan(LengthsAt + 4), paths.Length - pipeLength);
        paths.CopyTo(page.AsSpan(PathsAt));
        Write(PathsAt + paths.Length);
    }

    /// <summary>To be called for every stream before <see cref="Begin"/>.</summary>
    /// <param name="target">Null: nothing is written to it.</param>
    public void Touch(LogStream stream, LogFile? target)
    {
        var at = page.AsSpan(FilesAt + ((int)stream * FileSize), FileSize);
        at.Clear();
        if (target?.Identity is not { } identity)
            return;
        BitConverter.TryWriteBytes(at, identity.Inode);
        BitConverter.TryWriteBytes(at[8..], identity.DeviceMajor);
        BitConverter.TryWriteBytes(at[12..], identity.DeviceMinor);
        BitConverter.TryWriteBytes(at[16..], target.Length);
    }

    public void End()
    {
        page[0] = 0;
        Write(1);
    }

    /// <summary>Whether the paths fit into the page; where they don't, a line may be there twice after a kill.</summary>
    public static bool Fits(byte[] paths) => PathsAt + paths.Length <= Size;

    private static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(Sample, bytes.Length)];

    private static ReadOnlySpan<byte> Tail(ReadOnlySpan<byte> bytes) => bytes[^Math.Min(Sample, bytes.Length)..];

    private CarryPlace Carry(int at) => new(BitConverter.ToInt64(page, at), (int)BitConverter.ToInt64(page, at + 8));

    private void Put(int at, CarryPlace place)
    {
        BitConverter.TryWriteBytes(page.AsSpan(at), place.Offset);
        BitConverter.TryWriteBytes(page.AsSpan(at + 8), (long)place.Length);
    }

    // One page is copied whole or not at all, also when the guard is killed. Nothing better can be done where it can't be written.
    private void Write(int count)
    {
        fixed (byte* first = page)
            _ = PipeCalls.pwrite(Fd.Number(file), first, count, 0);
    }
}
