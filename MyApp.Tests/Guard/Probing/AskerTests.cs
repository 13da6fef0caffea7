using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MyApp.Guard.Probing;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Probing;

/// <summary>Every kind of probe that goes over a connection, against real servers.</summary>
public sealed class AskerTests
{
    private readonly Asker asker = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, "", true, "GET /health: 200 OK")]
    [InlineData(204, "", true, "GET /health: 204 No Content")]
    [InlineData(302, "", false, "GET /health: 302 Found")]
    [InlineData(503, "down", false, "GET /health: 503 Service Unavailable")]
    public async Task Http_PassesWithAny2xxAndNothingElse(int status, string body, bool passed, string text)
    {
        await using var server = await ProbedServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
        });

        var answer = await AskAsync(new Probe { HttpPath = "/health" }, server.Port);

        Assert.Equal((passed, text), (answer.Passed, answer.Text));
        Assert.True(answer.Took > TimeSpan.Zero);
    }

    [Fact]
    public async Task Https_IsAskedWithoutALookAtTheCertificate()
    {
        await using var server = await ProbedServer.StartAsync(context => context.Response.WriteAsync(context.Request.Scheme), tls: true);

        Assert.Equal("GET /: 200 OK", (await AskAsync(new Probe { HttpPath = "/", Https = true }, server.Port)).Text);
    }

    [Fact]
    public async Task Https_OfAServerWithoutTls_FailsAndSaysSo()
    {
        await using var server = await ProbedServer.StartAsync(context => context.Response.WriteAsync("plain"));

        var answer = await AskAsync(new Probe { HttpPath = "/", Https = true }, server.Port);

        Assert.False(answer.Passed);
        Assert.StartsWith("GET /: TLS: ", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tcp_PassesWhenAccepted()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.Equal(new ProbeAnswer(true, $"tcp {port}: connected"), await AskAsync(new Probe { Tcp = true }, port) with { Took = default });
    }

    [Fact]
    public async Task Connection_Refused_FailsAtOnce()
    {
        var port = FreePort.Find();
        var answer = await AskAsync(new Probe { Tcp = true, Timeout = TimeSpan.FromMinutes(5) }, port);

        Assert.Equal(new ProbeAnswer(false, $"tcp {port}: connection refused"), answer with { Took = default });
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "GET /: not an HTTP answer")]
    [InlineData("", "GET /: connection closed without an answer")]
    [InlineData("HTTP/1.1 200", "GET /: 200")]
    public async Task Server_ThatSaysSomethingElse_IsQuoted(string says, string text)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Ct);
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[16], Ct);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(says), Ct);
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, Ct);
        }, Ct);

        Assert.Equal(text, (await AskAsync(new Probe { HttpPath = "/" }, ((IPEndPoint)listener.LocalEndpoint).Port)).Text);
        await served;
    }

    [Fact]
    public async Task Server_ThatAcceptsAndIsSilent_TimesOutAndHoldsUpNoOther()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var server = await ProbedServer.StartAsync(_ => Task.CompletedTask);
        var begin = Stopwatch.GetTimestamp();
        var slow = AskAsync(new Probe { HttpPath = "/", Timeout = TimeSpan.FromSeconds(1) }, ((IPEndPoint)silent.LocalEndpoint).Port);

        Assert.True((await AskAsync(new Probe { HttpPath = "/" }, server.Port)).Passed);
        Assert.False(slow.IsCompleted);
        Assert.Equal("GET /: no answer within 1 s", (await slow).Text);
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.FromSeconds(0.99), TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("", 1, true, "grpc health: SERVING")]
    [InlineData("shop.Orders", 1, true, "grpc health shop.Orders: SERVING")]
    [InlineData("", 2, false, "grpc health: NOT_SERVING")]
    [InlineData("", 0, false, "grpc health: UNKNOWN")]
    [InlineData("shop.Nobody", 1, false, "grpc health shop.Nobody: grpc status 5 (NOT_FOUND: the server knows no such service): asked for too much")]
    [InlineData("", null, false, "grpc health: grpc status 12 (UNIMPLEMENTED: the server has no health service): asked for too much")]
    public async Task Grpc_PassesWhenServing(string service, int? status, bool passed, string text)
    {
        await using var server = await ProbedServer.StartGrpcAsync(status);

        var answer = await AskAsync(new Probe { Grpc = service }, server.Port);

        Assert.Equal((passed, text), (answer.Passed, answer.Text));
    }

    [Fact]
    public async Task Grpc_OfAServerOfAnotherKind_FailsAndSaysSo()
    {
        await using var http2 = await ProbedServer.StartAsync(
            context => { context.Response.StatusCode = 404; return Task.CompletedTask; }, HttpProtocols.Http2);
        await using var http1 = await ProbedServer.StartAsync(_ => Task.CompletedTask);

        Assert.Equal("grpc health: HTTP 404", (await AskAsync(new Probe { Grpc = "" }, http2.Port)).Text);
        Assert.Equal("grpc health: the server speaks HTTP/1, not HTTP/2", (await AskAsync(new Probe { Grpc = "" }, http1.Port)).Text);
    }

    [Fact]
    public async Task Question_Dropped_IsNotAnswered()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var asked = asker.AskAsync(Prober.Question(new Probe { HttpPath = "/" }, ((IPEndPoint)silent.LocalEndpoint).Port), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Startup_OfAServerThatComesInFiftyMilliseconds_IsNoticedLongBeforeThePeriodIsOver()
    {
        var port = FreePort.Find();
        var passed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var failures = 0;
        var question = Prober.Question(new Probe { Tcp = true }, port);
        using var schedule = new ProbeSchedule(asker, TimeProvider.System, TimeSpan.FromMinutes(1), eager: true, take => asker.Ask(question, take), answer =>
        {
            if (answer.Passed)
                passed.TrySetResult(Stopwatch.GetTimestamp());
            else
                failures++;
        });
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var begin = Stopwatch.GetTimestamp();

        var noticed = Stopwatch.GetElapsedTime(begin, await passed.Task.WaitAsync(TestService.Patience, Ct));
        Assert.True(noticed < TimeSpan.FromSeconds(10), $"noticed after {noticed.TotalMilliseconds} ms");
        Assert.True(failures > 0, "it was not asked before");
    }

    [Fact]
    public async Task Schedule_Disposed_AsksNoMore()
    {
        var asked = 0;
        var port = FreePort.Find();
        var question = Prober.Question(new Probe { Tcp = true }, port);
        var schedule = new ProbeSchedule(asker, TimeProvider.System, TimeSpan.FromMilliseconds(1), eager: false, take => asker.Ask(question, take), _ => Interlocked.Increment(ref asked));
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) > 3, "it is asked", TestService.Patience, Ct);
        schedule.Dispose();
        // What was under way may still be told; after a question of our own nothing of before is left.
        await AskAsync(new Probe { Tcp = true }, port);
        var before = Volatile.Read(ref asked);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);

        Assert.Equal(before, Volatile.Read(ref asked));
    }

    private Task<ProbeAnswer> AskAsync(Probe probe, int port) => asker.AskAsync(Prober.Question(probe, port), Ct);
}
