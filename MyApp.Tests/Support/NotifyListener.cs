using System.Net.Sockets;
using System.Text;

namespace MyApp.Tests.Support;

/// <summary>The service manager's end of a NOTIFY_SOCKET.</summary>
internal sealed class NotifyListener : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentLines lines = new();

    public NotifyListener()
    {
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        _ = Task.Run(Receive);
    }

    public string Path => System.IO.Path.Combine(folder.Path, "notify");

    /// <summary>All lines of all messages so far.</summary>
    public IReadOnlyCollection<string> Heard => lines.All;

    public Task UntilAsync(string line, CancellationToken ct) => Eventually.TrueAsync(() => Heard.Contains(line), $"{line} is heard; heard so far: {lines}", TimeSpan.FromSeconds(15), ct);

    public void Dispose()
    {
        socket.Dispose();
        folder.Dispose();
    }

    private void Receive()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var count = socket.Receive(buffer);
                foreach (var line in Encoding.UTF8.GetString(buffer, 0, count).Split('\n'))
                    lines.Add(line);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the ordinary end.
        }
    }
}
