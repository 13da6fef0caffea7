using System.Buffers.Binary;
using System.Text;

namespace MyApp.Guard.Probing.Dialogues;

/// <summary>
/// grpc.health.v1.Health/Check over plain HTTP/2, as far as one call on a connection of its own needs it; RFC 9113, and
/// https://github.com/grpc/grpc/blob/master/doc/health-checking.md. Passed: SERVING, and the call ended with status 0.
/// </summary>
internal sealed class GrpcDialogue(byte[] opening) : Dialogue
{
    private const int FrameHeader = 9;
    private const int MaxFrame = 16 * 1024;
    private const int Stream = 1;
    private const int Http11Required = 13;
    private const string OtherVersion = "the server speaks HTTP/1, not HTTP/2";
    private readonly List<byte> headerBlock = [];
    private readonly List<byte> body = [];
    private readonly List<byte> reply = [];
    private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal);
    private int taken;
    private bool endsStream;

    private enum Frame : byte
    {
        Data = 0, Headers = 1, ResetStream = 3, Settings = 4, Ping = 6, GoAway = 7, Continuation = 9,
    }

    public override ReadOnlyMemory<byte> Opening => opening;

    /// <summary>The whole client side: preface, settings, and the call. No dynamic table is allowed, so that none need be kept.</summary>
    public static byte[] Request(string service, string authority)
    {
        var name = Encoding.UTF8.GetBytes(service);
        // HealthCheckRequest { string service = 1; }
        byte[] message = name.Length == 0 ? [] : [0x0a, .. Hpack.Integer(name.Length, 7, 0), .. name];
        byte[] framed = [0, .. BigEndian(message.Length), .. message];
        return
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            // SETTINGS_HEADER_TABLE_SIZE and SETTINGS_ENABLE_PUSH: 0.
            .. Header(12, Frame.Settings, 0, 0), 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0,
            .. Call(authority),
            .. Header(framed.Length, Frame.Data, 1, Stream), .. framed,
        ];
    }

    public override DialogueStep Take(ReadOnlySpan<byte> all, bool ended)
    {
        if (taken == 0 && all.StartsWith("HTTP/1."u8))
            return new DialogueStep(false, OtherVersion);
        reply.Clear();
        while (all.Length - taken >= FrameHeader)
        {
            var rest = all[taken..];
            var length = (rest[0] << 16) | (rest[1] << 8) | rest[2];
            if (length > MaxFrame)
                return new DialogueStep(false, "not an HTTP/2 answer");
            if (rest.Length < FrameHeader + length)
                break;
            taken += FrameHeader + length;
            var stream = BinaryPrimitives.ReadInt32BigEndian(rest[5..]) & int.MaxValue;
            if (Frames((Frame)rest[3], rest[4], stream, rest.Slice(FrameHeader, length)) is { } outcome)
                return outcome;
        }

        return ended ? new DialogueStep(false, "connection closed before the call was answered") : new DialogueStep(null, Reply: reply.Count == 0 ? null : [.. reply]);
    }

    private DialogueStep? Frames(Frame type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case Frame.Settings when (flags & 1) == 0:
                reply.AddRange(Header(0, Frame.Settings, 1, 0));
                return null;
            case Frame.Ping when (flags & 1) == 0:
                reply.AddRange([.. Header(payload.Length, Frame.Ping, 1, 0), .. payload]);
                return null;
            case Frame.GoAway when payload.Length >= 8 && BinaryPrimitives.ReadInt32BigEndian(payload) < Stream:
                return new DialogueStep(false, BinaryPrimitives.ReadInt32BigEndian(payload[4..]) is var code && code == Http11Required ? OtherVersion : $"the server goes away (code {code})");
            case Frame.ResetStream when stream == Stream && payload.Length == 4:
                return new DialogueStep(false, $"the call was reset (code {BinaryPrimitives.ReadInt32BigEndian(payload)})");
            case Frame.Data when stream == Stream:
                body.AddRange(Unpadded(flags, payload, 0));
                return (flags & 1) == 0 ? null : Outcome();
            case Frame.Headers when stream == Stream:
                headerBlock.Clear();
                endsStream = (flags & 1) != 0;
                return TakeHeaders(flags, Unpadded(flags, payload, (flags & 0x20) == 0 ? 0 : 5));
            case Frame.Continuation when stream == Stream:
                return TakeHeaders(flags, payload);
            default:
                return null;
        }
    }

    private DialogueStep? TakeHeaders(byte flags, ReadOnlySpan<byte> fragment)
    {
        headerBlock.AddRange(fragment);
        if ((flags & 4) == 0)
            return null;
        if (!Hpack.TryRead([.. headerBlock], headers))
            return new DialogueStep(false, "the headers can't be read");
        return endsStream ? Outcome() : null;
    }

    private DialogueStep Outcome()
    {
        if (!headers.TryGetValue("grpc-status", out var status))
            return new DialogueStep(false, headers.TryGetValue(":status", out var http) && http != "200" ? $"HTTP {http}" : "no grpc-status");
        if (status != "0")
            return new DialogueStep(false, $"grpc status {status}{Name(status)}{(headers.TryGetValue("grpc-message", out var words) ? $": {Uri.UnescapeDataString(words)}" : "")}");
        // A length-prefixed HealthCheckResponse { ServingStatus status = 1; }: absent is 0.
        var serving = body.Count == 7 && body[5] == 0x08 ? body[6] : 0;
        return serving switch
        {
            1 => new DialogueStep(true, "SERVING"),
            2 => new DialogueStep(false, "NOT_SERVING"),
            3 => new DialogueStep(false, "SERVICE_UNKNOWN"),
            _ => new DialogueStep(false, "UNKNOWN"),
        };
    }

    private static string Name(string status) => status switch
    {
        "5" => " (NOT_FOUND: the server knows no such service)",
        "12" => " (UNIMPLEMENTED: the server has no health service)",
        "14" => " (UNAVAILABLE)",
        "16" => " (UNAUTHENTICATED)",
        _ => "",
    };

    private static ReadOnlySpan<byte> Unpadded(byte flags, ReadOnlySpan<byte> payload, int skip)
    {
        var padding = (flags & 8) != 0 && payload.Length > 0 ? payload[0] : -1;
        var start = skip + (padding < 0 ? 0 : 1);
        var length = payload.Length - start - Math.Max(0, padding);
        return length <= 0 ? default : payload.Slice(start, length);
    }

    // The numbers are those of HPACK's static table: :method POST, :scheme http, then names only.
    private static byte[] Call(string authority)
    {
        byte[] block =
        [
            0x83, 0x86,
            0x04, .. Hpack.Text("/grpc.health.v1.Health/Check"),
            0x01, .. Hpack.Text(authority),
            0x0f, 0x10, .. Hpack.Text("application/grpc"),
            0x0f, 0x2b, .. Hpack.Text("myapp-guard"),
            0x00, .. Hpack.Text("te"), .. Hpack.Text("trailers"),
        ];
        return [.. Header(block.Length, Frame.Headers, 4, Stream), .. block];
    }

    private static byte[] Header(int length, Frame type, byte flags, int stream) =>
        [(byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)type, flags, .. BigEndian(stream)];

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
