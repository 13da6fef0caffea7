using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MyApp.Hosting.Engine.Dashboard.Grpc;

/// <summary>Writes one protocol buffers message, field by field. Null is an absent field; an empty text or a zero is a present one.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> buffer = new();

    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    public ProtoWriter Text(int field, string? value) =>
        value is null ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter? message) =>
        message is null ? this : Bytes(field, message.Written.Span);

    public ProtoWriter Messages(int field, IEnumerable<ProtoWriter> messages)
    {
        foreach (var message in messages)
            Message(field, message);
        return this;
    }

    public ProtoWriter Number(int field, long? value) =>
        value is null ? this : Tag(field, Varint).Raw((ulong)value.Value);

    public ProtoWriter Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public ProtoWriter Double(int field, double value)
    {
        Tag(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(sizeof(double)), value);
        buffer.Advance(sizeof(double));
        return this;
    }

    private ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthDelimited).Raw((ulong)value.Length);
        buffer.Write(value);
        return this;
    }

    private ProtoWriter Tag(int field, int kind) => Raw((ulong)((field << 3) | kind));

    private ProtoWriter Raw(ulong value)
    {
        var span = buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        buffer.Advance(length);
        return this;
    }
}
