using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MyApp.Guard.Native;
using MyApp.Guard.Notify;
using MyApp.Supervision.Probes;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Notify;

public sealed class SignsOfLifeTests : IDisposable
{
    private static readonly Poller Poller = new();
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<NotifyMessage> heard = new();
    private readonly List<string> reports = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static uint Uid => Environment.IsPrivilegedProcess ? 0 : Libc.geteuid();

    [Fact]
    public async Task Message_OfTheInstance_IsHeard()
    {
        using var signs = Signs();
        using var line = Open(signs, "shop.0");
        line.Now(Environment.ProcessId);
        Send(line, "READY=1\nSTATUS=open");

        Assert.Equal(new NotifyMessage { Ready = true, Status = "open" }, await NextAsync());
    }

    [Fact]
    public async Task Message_OfAStranger_IsNotHeard()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        using var signs = Signs();
        using var line = Open(signs, "shop.0");
        var go = Path.Combine(folder.Path, "go");
        const string Script = """
            use IO::Socket::UNIX; use Socket;
            select(undef, undef, undef, 0.01) until -e $ARGV[1];
            IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $ARGV[0])->send('STOPPING=1');
            """;
        using var instance = TestProcess.Start("/usr/bin/perl", ["-e", Script, Value(line, "NOTIFY_SOCKET"), go]);
        line.Now(instance.Id);
        Send(line, "READY=1");
        await File.WriteAllLinesAsync(go, [], Ct);

        Assert.Equal(new NotifyMessage { Stopping = true }, await NextAsync());
        await instance.WaitForExitAsync(Ct);
    }

    [Fact]
    public async Task Sender_ThatIsGone_IsKnownByItsUserAlone()
    {
        using var ended = TestProcess.Start("/bin/true", []);
        await ended.WaitForExitAsync(Ct);
        var sender = new NotifySender(1000, IsOwnUid: false);

        Assert.True(sender.Includes(ended.Id, 1000));
        Assert.False(sender.Includes(ended.Id, 1001));
        Assert.False(sender.Includes(Environment.ProcessId, 1000));
        Assert.True(new NotifySender(1000, IsOwnUid: true).Includes(Environment.ProcessId, 1000));
    }

    [Fact]
    public async Task Barrier_IsLiftedWhenWhatCameBeforeWasHeard()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs /usr/bin/python3");
        using var signs = Signs();
        using var line = Open(signs, "shop.0");
        line.Now(Environment.ProcessId);
        const string Script = """
            import os, select, socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(sys.argv[1])
            r, w = os.pipe(); socket.send_fds(s, [b'BARRIER=1'], [w]); os.close(w)
            sys.exit(0 if select.select([r], [], [], 10)[0] and os.read(r, 1) == b'' else 1)
            """;
        var (exit, output) = await ToolProcess.RunAsync("/usr/bin/python3", ["-c", Script, Value(line, "NOTIFY_SOCKET")], ct: Ct);

        Assert.True(exit == 0, output);
        Assert.True((await NextAsync()).Barrier);
    }

    [Fact]
    public async Task Socket_BoundAnewByTheNextGuard_IsReachedByASenderOfBefore()
    {
        using var before = Signs();
        using var first = Open(before, "shop.0");
        using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using var after = Signs();
        using var second = after.Open("shop.0", new NotifySender(Uid, IsOwnUid: true), heartbeat: false, heard.Enqueue);

        Assert.Equal(Value(first, "NOTIFY_SOCKET"), Value(second, "NOTIFY_SOCKET"));
        Send(first, "WATCHDOG=1");
        Assert.Equal(NotifyMessage.Alive, await NextAsync());
    }

    [Fact]
    public void Socket_IsTheServiceUsersAloneInAFolderAllMayPass()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using var signs = Signs();
        using var line = signs.Open(new string('x', 300), new NotifySender(61200, IsOwnUid: true), heartbeat: false, heard.Enqueue);
        var path = Value(line, "NOTIFY_SOCKET");

        Assert.True(Encoding.UTF8.GetByteCount(path) <= NotifySocket.MaxPath);
        Assert.Equal((UnixFileMode)0b111_001_001, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Heartbeat_ByHttp_IsHeardAndAnsweredAlsoByTheNextGuard()
    {
        string url;
        using (var signs = Signs())
        using (var line = Open(signs, "shop.0", heartbeat: true))
        {
            url = Value(line, "HEARTBEAT_URL");
            Assert.Equal("30000000", Value(line, "WATCHDOG_USEC"));
            Assert.Equal(HttpStatusCode.NoContent, await PostAsync(url));
            Assert.Equal(NotifyMessage.Alive, await NextAsync());
        }

        using var after = Signs();
        using var again = Open(after, "shop.0", heartbeat: true);
        Assert.Equal(url, Value(again, "HEARTBEAT_URL"));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(url));
        Assert.Equal(NotifyMessage.Alive, await NextAsync());
        Assert.Empty(reports);
    }

    [Fact]
    public async Task Heartbeat_OfNobody_IsRefused()
    {
        using var signs = Signs();
        using var line = Open(signs, "shop.0", heartbeat: true);
        using var other = Open(signs, "shop.1", heartbeat: true);
        var url = Value(line, "HEARTBEAT_URL");
        Assert.NotEqual(url, Value(other, "HEARTBEAT_URL"));

        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(url[..^1] + (url[^1] == '0' ? '1' : '0')));
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.GetAsync(url, Ct)).StatusCode);
        Assert.Empty(heard);
    }

    [Fact]
    public async Task Heartbeats_OfOneConnection_AreAllAnsweredWhateverTheirBody()
    {
        using var signs = Signs();
        using var line = Open(signs, "shop.0", heartbeat: true);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        for (var i = 0; i < 5; i++)
        {
            using var body = new ByteArrayContent(new byte[i * 5000]);
            Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync(Value(line, "HEARTBEAT_URL"), body, Ct)).StatusCode);
            Assert.Equal(NotifyMessage.Alive, await NextAsync());
        }
    }

    [Fact]
    public async Task Port_TakenMeanwhile_IsReplacedAndTold()
    {
        using (var signs = Signs())
        using (Open(signs, "shop.0", heartbeat: true))
        {
        }

        var port = int.Parse((await File.ReadAllLinesAsync(Path.Combine(folder.Path, "heartbeat"), Ct))[1]);
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();
        using var after = Signs();
        using var line = Open(after, "shop.0", heartbeat: true);

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(Value(line, "HEARTBEAT_URL")));
        Assert.Contains($"port {port}", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Theory]
    // The authors' test vectors: key 00 01 … 0f, text 00 01 … of a length.
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void SipHash_OfTheVectors_IsTheirs(int length, ulong expected)
    {
        var bytes = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();
        Assert.Equal(expected, KeyedHash.SipHash(bytes.AsSpan(0, length), bytes));
    }

    public void Dispose() => folder.Dispose();

    private SignsOfLife Signs() => new(folder.Path, Path.Combine(folder.Path, "n"), Poller, reports.Add);

    private LifeLine Open(SignsOfLife signs, string instance, bool heartbeat = false) =>
        signs.Open(instance, new NotifySender(Uid, IsOwnUid: false), heartbeat, heard.Enqueue);

    private static string Value(LifeLine line, string name) =>
        line.Environment(TimeSpan.FromSeconds(30)).Single(e => e.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static void Send(LifeLine line, string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo(Encoding.UTF8.GetBytes(text), new UnixDomainSocketEndPoint(Value(line, "NOTIFY_SOCKET")));
    }

    private static async Task<HttpStatusCode> PostAsync(string url)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(url, null, Ct);
        return answer.StatusCode;
    }

    private async Task<NotifyMessage> NextAsync()
    {
        NotifyMessage? message = null;
        await Eventually.TrueAsync(() => heard.TryDequeue(out message), "a message is heard", TestService.Patience, Ct);
        return message!;
    }
}
