using System.Globalization;
using System.Text;
using MyApp.Guard.Native;
using MyApp.Supervision.Files;
using MyApp.Supervision.Probes;

namespace MyApp.Guard.Notify;

/// <summary>
/// Hears what instances say of themselves: by NOTIFY_SOCKET, and by a POST to HEARTBEAT_URL. Paths, port and tokens are the same for the
/// guard after this one, so that services that run on reach it. Costs nothing until the first instance opens a line.
/// </summary>
/// <param name="stateFolder">Holds the key of the tokens and the port, in <c>heartbeat</c>.</param>
/// <param name="socketFolder">Made with mode 0711, for services to pass through; a folder of a secret name below /tmp where that would be too long for a socket.</param>
internal sealed class SignsOfLife(string stateFolder, string socketFolder, Poller poller, Action<string> report) : IDisposable
{
    private const int KeyBytes = 16;
    private const int NameLength = 16;
    private const UnixFileMode Passable = (UnixFileMode)0b111_001_001;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Action<NotifyMessage>> byToken = new(StringComparer.Ordinal);
    private byte[]? key;
    private int port;
    private HeartbeatListener? listener;

    private string StatePath => Path.Combine(stateFolder, "heartbeat");

    /// <param name="instance">Environment, service, release and replica: the same text for every guard.</param>
    /// <param name="heartbeat">It is to get a HEARTBEAT_URL too.</param>
    /// <param name="onMessage">Called on the poller's thread; must not block.</param>
    public LifeLine Open(string instance, NotifySender sender, bool heartbeat, Action<NotifyMessage> onMessage)
    {
        lock (gate)
        {
            Load_NeedsLock();
            var token = KeyedHash.Of(instance, key);
            // A name of its own rather than the instance's, which may be longer than a socket's path.
            var socket = new NotifySocket(Path.Combine(SocketFolder_NeedsLock(), token[..NameLength]), sender, poller, onMessage);
            if (heartbeat)
            {
                Listen_NeedsLock();
                byToken[token] = onMessage;
            }

            return new LifeLine(this, socket, sender, token, heartbeat ? $"http://127.0.0.1:{listener!.Port}/{token}" : null);
        }
    }

    public void Dispose()
    {
        // Outside the lock: a beat that is being taken holds the listener's and wants this one.
        HeartbeatListener? closed;
        lock (gate)
            (closed, listener) = (listener, null);
        closed?.Dispose();
    }

    internal void Forget(string token)
    {
        lock (gate)
            byToken.Remove(token);
    }

    private string SocketFolder_NeedsLock()
    {
        var fits = Encoding.UTF8.GetByteCount(socketFolder) + 1 + NameLength <= NotifySocket.MaxPath;
        var folder = fits ? socketFolder : Path.Combine("/tmp", $"myapp-{KeyedHash.Of(socketFolder, key)}");
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Passable);
        return folder;
    }

    // Two lines: the key, and the port.
    private void Load_NeedsLock()
    {
        if (key is not null)
            return;
        var lines = File.Exists(StatePath) ? File.ReadAllLines(StatePath) : [];
        if (lines.Length >= 2 && lines[0].Length == 2 * KeyBytes && int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            key = Convert.FromHexString(lines[0]);
            return;
        }

        using var random = File.OpenRead("/dev/urandom");
        key = new byte[KeyBytes];
        random.ReadExactly(key);
        Save_NeedsLock();
    }

    private void Listen_NeedsLock()
    {
        if (listener is not null)
            return;
        listener = HeartbeatListener.TryOpen(port, poller, Beat);
        if (listener is null)
        {
            report($"port {port}, which services send their heartbeats to, is taken: those that run must be restarted to learn the new one");
            listener = HeartbeatListener.TryOpen(0, poller, Beat) ?? throw new IOException("no port of 127.0.0.1 can be listened on for heartbeats");
        }

        if (listener.Port == port)
            return;
        port = listener.Port;
        Save_NeedsLock();
    }

    private void Save_NeedsLock() => AtomicFile.WriteAllBytes(
        StatePath,
        Encoding.ASCII.GetBytes($"{Convert.ToHexString(key!)}\n{port.ToString(CultureInfo.InvariantCulture)}\n"),
        UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private bool Beat(string token)
    {
        Action<NotifyMessage>? onMessage;
        lock (gate)
            byToken.TryGetValue(token, out onMessage);
        onMessage?.Invoke(NotifyMessage.Alive);
        return onMessage is not null;
    }
}
