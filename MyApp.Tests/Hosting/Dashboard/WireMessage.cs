using System.Text;

namespace MyApp.Tests.Hosting.Dashboard;

/// <summary>A protocol buffers message taken apart without knowing its type: every field, in order, repeated ones too.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> fields = [];

    public WireMessage(byte[] bytes)
    {
        Size = bytes.Length;
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            var (number, content) = (0UL, Array.Empty<byte>());
            switch (tag & 7)
            {
                case 0:
                    number = Varint(bytes, ref at);
                    break;
                case 1:
                    number = BitConverter.ToUInt64(bytes, at);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes, ref at);
                    content = bytes[at..(at + length)];
                    at += length;
                    break;
                default:
                    Assert.Fail($"wire type {tag & 7}");
                    break;
            }
            fields.Add(((int)(tag >> 3), number, content));
        }
    }

    public int Size { get; }

    public bool Has(int field) => fields.Exists(f => f.Field == field);

    public string? Text(int field) => Has(field) ? Encoding.UTF8.GetString(fields.Last(f => f.Field == field).Bytes) : null;

    public long Number(int field) => (long)fields.Last(f => f.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(fields.Last(f => f.Field == field).Number);

    public WireMessage Message(int field) => new(fields.Last(f => f.Field == field).Bytes);

    public IReadOnlyList<WireMessage> Messages(int field) => [.. fields.Where(f => f.Field == field).Select(f => new WireMessage(f.Bytes))];

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
