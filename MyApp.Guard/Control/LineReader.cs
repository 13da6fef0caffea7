using System.Net.Sockets;

namespace MyApp.Guard.Control;

/// <summary>Reads lines of bounded length from a connection.</summary>
internal sealed class LineReader(Socket socket)
{
    // The environment of a unit is what makes a request long.
    public const int MaxLine = 4 * 1024 * 1024;
    private byte[] buffer = new byte[4096];
    private int start;
    private int end;

    /// <returns>A line without its end; null when the client has closed.</returns>
    /// <exception cref="FormatException">The line is too long.</exception>
    public async Task<byte[]?> ReadAsync(CancellationToken ct)
    {
        var looked = start;
        while (true)
        {
            var newline = buffer.AsSpan(looked, end - looked).IndexOf((byte)'\n');
            if (newline >= 0)
                return Take(looked + newline);
            looked = end - start;
            MakeRoom();
            var count = await socket.ReceiveAsync(buffer.AsMemory(end), ct);
            if (count == 0)
                return null;
            end += count;
        }
    }

    private byte[] Take(int newline)
    {
        var line = buffer[start..newline];
        start = newline + 1;
        return line;
    }

    // Afterwards the unread part begins at 0.
    private void MakeRoom()
    {
        if (end - start >= MaxLine)
            throw new FormatException($"a request is longer than {MaxLine} bytes");
        var target = end - start > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        buffer.AsSpan(start, end - start).CopyTo(target);
        (buffer, end, start) = (target, end - start, 0);
    }
}
