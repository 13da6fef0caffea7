using System.Runtime.InteropServices;
using System.Text;

namespace MyApp.Cli;

/// <summary>
/// Standard output that notices a reader that has gone (<c>| head</c>). .NET ignores SIGPIPE, and its console stream ignores
/// EPIPE too, so that <c>logs -f</c> would go on for ever.
/// </summary>
internal sealed class StandardStream(Stream inner, int descriptor) : Stream
{
    private const short PollError = 0x008;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static TextWriter OpenOutput() => Writer(new StandardStream(Console.OpenStandardOutput(), 1));

    public static TextWriter OpenError() => Writer(new StandardStream(Console.OpenStandardError(), 2));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        var state = new PollDescriptor { Descriptor = descriptor };
        if (OperatingSystem.IsLinux() && Poll(ref state, 1, 0) > 0 && (state.Happened & PollError) != 0)
            throw new ReaderGoneException();
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}
