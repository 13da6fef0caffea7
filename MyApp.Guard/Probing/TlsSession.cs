using System.Text;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Probing;

/// <summary>
/// The client's side of TLS over a socket that does not block, by the system's OpenSSL, which is loaded when first needed: SslStream would
/// cost the binary a megabyte. The certificate is not checked.
/// </summary>
internal sealed unsafe class TlsSession : IDisposable
{
    private const int WantRead = 2;
    private const int WantWrite = 3;
    private const int SetServerName = 55;
    private const int Protocol = 71;
    private static readonly Lazy<OpenSsl?> Library = new(OpenSsl.Load);
    private readonly OpenSsl ssl;
    private readonly nint session;

    private TlsSession(OpenSsl ssl, nint session) => (this.ssl, this.session) = (ssl, session);

    public bool IsOpen { get; private set; }

    /// <returns>Null, or why there can be none.</returns>
    public static string? Open(int fd, string? serverName, out TlsSession? opened)
    {
        opened = null;
        if (Library.Value is not { } ssl)
            return "https can't be asked: libssl (OpenSSL 1.1 or 3) is not on this host";
        var session = ssl.New(ssl.Context);
        if (session == 0 || ssl.SetFd(session, fd) != 1)
            return "https can't be asked: OpenSSL made no session";
        if (serverName is not null)
        {
            // SSL_set_tlsext_host_name is a macro for this; 0 is TLSEXT_NAMETYPE_host_name.
            fixed (byte* name = Encoding.ASCII.GetBytes(serverName + '\0'))
                _ = ssl.Control(session, SetServerName, 0, name);
        }

        opened = new TlsSession(ssl, session);
        return null;
    }

    /// <param name="wanted">What the socket must be ready for before the next call.</param>
    /// <returns>Null: done or to be called again. Else why it failed.</returns>
    public string? Handshake(out short wanted)
    {
        wanted = POLLIN;
        ssl.ClearErrors();
        var result = ssl.Connect(session);
        if (result == 1)
        {
            IsOpen = true;
            wanted = SocketCalls.POLLOUT;
            return null;
        }

        switch (ssl.GetError(session, result))
        {
            case WantRead:
                return null;
            case WantWrite:
                wanted = SocketCalls.POLLOUT;
                return null;
            default:
                return $"TLS: {ssl.LastReason()}";
        }
    }

    /// <inheritdoc cref="SocketCalls.Send"/>
    public int Send(ReadOnlySpan<byte> content)
    {
        ssl.ClearErrors();
        int sent;
        fixed (byte* first = content)
            sent = ssl.Write(session, first, content.Length);
        return sent > 0 ? sent : ssl.GetError(session, sent) is WantRead or WantWrite ? 0 : -Protocol;
    }

    /// <inheritdoc cref="SocketCalls.Receive"/>
    public int? Receive(Span<byte> buffer)
    {
        ssl.ClearErrors();
        int count;
        fixed (byte* first = buffer)
            count = ssl.Read(session, first, buffer.Length);
        // A server that closes without a goodbye has ended all the same.
        return count > 0 ? count : ssl.GetError(session, count) is WantRead or WantWrite ? null : 0;
    }

    public void Dispose() => ssl.Free(session);
}
