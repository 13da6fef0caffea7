using System.Text;

namespace MyApp.Hosting.Engine.Dashboard.Grpc;

/// <summary>The fields of a message that came, by number: of a repeated one the last wins, as protocol buffers have it.</summary>
internal sealed class ProtoReader
{
    private readonly Dictionary<int, ReadOnlyMemory<byte>> texts = [];
    private readonly Dictionary<int, ulong> numbers = [];

    /// <exception cref="GrpcException">It is no such message.</exception>
    public ProtoReader(ReadOnlyMemory<byte> message)
    {
        var rest = message;
        while (!rest.IsEmpty)
        {
            var tag = Varint(ref rest);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    numbers[field] = Varint(ref rest);
                    break;
                case 1:
                    Take(ref rest, sizeof(ulong));
                    break;
                case 2:
                    texts[field] = Take(ref rest, Varint(ref rest));
                    break;
                case 5:
                    Take(ref rest, sizeof(uint));
                    break;
                default:
                    throw Malformed();
            }
        }
    }

    public string Text(int field) => texts.TryGetValue(field, out var value) ? Encoding.UTF8.GetString(value.Span) : "";

    public bool Flag(int field) => numbers.GetValueOrDefault(field) != 0;

    public ulong Number(int field) => numbers.GetValueOrDefault(field);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, ulong length)
    {
        if (length > (ulong)rest.Length)
            throw Malformed();
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref rest, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        throw Malformed();
    }

    private static GrpcException Malformed() => new(GrpcStatus.InvalidArgument, "The request is not a protocol buffers message.");
}
