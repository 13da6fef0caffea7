using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace MyApp.Hosting.Engine.Dashboard.Grpc;

/// <summary>The messages of one call: each with a byte that says whether it is compressed and its length in four, big-endian.</summary>
internal sealed class GrpcCall(HttpContext context, CancellationToken ended)
{
    /// <summary>What clients take without being configured otherwise; what comes in is held to the same.</summary>
    public const int MaximumMessage = 4 * 1024 * 1024;

    private const int HeaderLength = 5;

    /// <summary>The caller has gone, or the server stops.</summary>
    public CancellationToken Ended => ended;

    /// <summary>Null: the caller sends no more.</summary>
    /// <exception cref="GrpcException">What comes is no such message.</exception>
    public async ValueTask<byte[]?> ReadAsync()
    {
        var reader = context.Request.BodyReader;
        var header = await ReadExactlyAsync(reader, HeaderLength);
        if (header is null)
            return null;
        if (header[0] != 0)
            throw new GrpcException(GrpcStatus.Unimplemented, "Compressed messages are not taken.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > MaximumMessage)
            throw new GrpcException(GrpcStatus.ResourceExhausted, "The message is too large.");
        return await ReadExactlyAsync(reader, (int)length)
            ?? throw new GrpcException(GrpcStatus.InvalidArgument, "The message ends in the middle.");
    }

    public async ValueTask WriteAsync(ProtoWriter message)
    {
        var writer = context.Response.BodyWriter;
        var header = writer.GetSpan(HeaderLength);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)message.Written.Length);
        writer.Advance(HeaderLength);
        writer.Write(message.Written.Span);
        await writer.FlushAsync(ended);
    }

    private async ValueTask<byte[]?> ReadExactlyAsync(PipeReader reader, int length)
    {
        if (length == 0)
            return [];
        var read = await reader.ReadAtLeastAsync(length, ended);
        if (read.Buffer.Length < length)
        {
            reader.AdvanceTo(read.Buffer.End);
            return null;
        }
        var bytes = read.Buffer.Slice(0, length).ToArray();
        reader.AdvanceTo(read.Buffer.GetPosition(length));
        return bytes;
    }
}
