namespace MyApp.Guard.Sockets;

/// <summary>What an event of epoll is about, in the 64 bits that come back with it: kind, number and, for a connection, its generation.</summary>
internal static class EventTag
{
    public const int Port = 1;
    public const int Client = 2;
    public const int Server = 3;

    /// <summary>Something was posted.</summary>
    public const ulong Wake = 0;

    public static ulong Of(int kind, int number, uint generation) => ((ulong)generation << 32) | ((ulong)(uint)number << 2) | (uint)kind;

    public static (int Kind, int Number, uint Generation) Read(ulong tag) => ((int)(tag & 3), (int)((uint)tag >> 2), (uint)(tag >> 32));
}
