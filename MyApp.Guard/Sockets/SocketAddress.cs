using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>struct sockaddr_in of Linux: port and address in network order.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct SocketAddress
{
    public const uint Size = 16;
    private ushort family;
    private ushort port;
    private uint address;

    public static SocketAddress Of(IPEndPoint endPoint) => new()
    {
        family = AF_INET,
        port = BinaryPrimitives.ReverseEndianness((ushort)endPoint.Port),
        address = BitConverter.ToUInt32(endPoint.Address.GetAddressBytes()),
    };

    public static SocketAddress Loopback(int port) => new()
    {
        family = AF_INET,
        port = BinaryPrimitives.ReverseEndianness((ushort)port),
        address = 0x0100007F,
    };

    public readonly bool IsIPv4 => family == AF_INET;

    public readonly IPEndPoint ToEndPoint() => new(new IPAddress(address), BinaryPrimitives.ReverseEndianness(port));
}
