using System.Net.Sockets;
using System.Text;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class ProtocolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("not json at all")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("""{"op":"status"}""")]
    [InlineData("""{"id":"1","op":"fly"}""")]
    [InlineData("""{"id":"1","op":"apply"}""")]
    [InlineData("""{"id":"1","op":"apply","unit":{"service":"a","environment":"b","release":"c","executable":"/bin/true"}}""")]
    [InlineData("""{"id":"1","op":"switch","service":"a","environment":"b"}""")]
    [InlineData("""{"id":"1","op":"apply","unit":{"service":"a","environment":"b","release":"../c","executable":"/bin/true","socket":7}}""")]
    public async Task Line_ThatIsNoRequest_IsAnsweredAndTheConnectionLives(string garbage)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var connection = await ConnectAsync(guard);

        Assert.Contains("\"bad-request\"", await connection.AskAsync(garbage), StringComparison.Ordinal);

        Assert.Contains("\"hello\":", await connection.AskAsync("""{"id":"2","op":"hello"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    public async Task Request_OfAnUnknownProtocol_IsRefusedByName(int protocol)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var connection = await ConnectAsync(guard);

        var refusal = await connection.AskAsync($$"""{"id":"1","op":"hello","protocol":{{protocol}}}""");

        Assert.Contains("unsupported", refusal, StringComparison.Ordinal);
        Assert.Contains($"protocol: {protocol} is not spoken here, but 1 to 4", refusal, StringComparison.Ordinal);
        Assert.Contains("\"oldestProtocol\":1", await connection.AskAsync("""{"id":"2","op":"hello","protocol":1}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_WithoutEnd_IsRefusedAtALimit()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var connection = await ConnectAsync(guard);
        try
        {
            await connection.SendAsync(new string('x', 5 * 1024 * 1024));
        }
        catch (IOException)
        {
            // The guard may close before all of it is sent.
        }

        Assert.Equal(guard.Pid, (await guard.Client.HelloAsync(Ct)).Pid);
    }

    [Fact]
    public async Task Apply_OfAUnitWithProblems_NamesThemAll()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit("relative/path") with { Release = "../../etc/passwd", Replicas = 0 };

        var refusal = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(unit, Ct));

        Assert.Equal("bad-request", refusal.Code);
        Assert.All(["release:", "executable:", "replicas:"], f => Assert.Contains(f, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_Again_ChangesNothingAndOtherContentIsAConflict()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000"));
        await guard.Client.ApplyAsync(unit, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await guard.Client.ApplyAsync(unit, Ct);
        var refusal = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(unit with { Args = ["x"] }, Ct));

        Assert.Equal(first.Pid, (await guard.InstanceAsync(1, Ct)).Pid);
        Assert.Equal("conflict", refusal.Code);
    }

    [Fact]
    public async Task Remove_OfWhatIsNotThere_IsDone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);

        await guard.Client.RemoveAsync("no", "such", "release", Ct);
    }

    [Fact]
    public async Task Watch_TellsEveryUnitAndThenItsChanges()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        var seen = new List<InstanceState>();
        await foreach (var unit in guard.Client.WatchAsync(Ct))
        {
            if (seen.Count == 0)
                await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);
            seen.Add(unit.Instances[0].State);
            if (seen[^1] == InstanceState.Stopped)
                break;
        }

        Assert.Equal((InstanceState.Ready, InstanceState.Stopped), (seen[0], seen[^1]));
    }

    [Fact]
    public async Task Socket_IsForItsOwnerAlone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(guard.Client.SocketPath));
    }

    private static async Task<Connection> ConnectAsync(GuardProcess guard)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(guard.Client.SocketPath), Ct);
        return new Connection(socket);
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        private readonly StreamReader reader = new(new NetworkStream(socket));

        public async Task SendAsync(string text) => await new NetworkStream(socket).WriteAsync(Encoding.UTF8.GetBytes(text), Ct);

        public async Task<string> AskAsync(string line)
        {
            await SendAsync(line + "\n");
            return await reader.ReadLineAsync(Ct) ?? "";
        }

        public void Dispose()
        {
            reader.Dispose();
            socket.Dispose();
        }
    }
}
