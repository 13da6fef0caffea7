using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using MyApp.Guard.Dependencies;
using MyApp.Guard.Native;
using MyApp.Guard.Probing;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Units;
using MyApp.Tests.Guard.Probing;
using MyApp.Tests.Support;
using DependencyCheck = MyApp.Guard.Dependencies.DependencyCheck;

namespace MyApp.Tests.Guard.Dependencies;

/// <summary>Against the real things.</summary>
public sealed class DependencyCheckTests
{
    private static readonly Poller Poller = new();
    private static readonly Func<ProgramOrder> Order = () => throw new InvalidOperationException("no program is to be run");
    private readonly DependencyCheck check = new(new Asker(TimeProvider.System), new ShortRun(new GuardProcesses(Poller, new ProcessTable(TimeProvider.System), TimeProvider.System)));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgres_IsThereWhenItAnswersWhoeverWeAre()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();

        Assert.Equal((true, $"postgres://127.0.0.1:{server.Port}: PostgreSQL answers"), await AskAsync($"postgres://127.0.0.1:{server.Port}/postgres"));
        Assert.True((await AskAsync($"postgres://nobody:secret@127.0.0.1:{server.Port}/none")).Up);
        await server.KillAsync();
        Assert.Equal((false, $"postgres://127.0.0.1:{server.Port}: connection refused"), await AskAsync($"postgres://127.0.0.1:{server.Port}/postgres"));
    }

    [Theory]
    [InlineData("53465441 4c00 43 3537503033 00 4d 7374617274696e6700 00", "E", false, "starting (57P03)")]
    [InlineData("53465441 4c00 43 3238503031 00 4d 6e6f00 00", "E", true, "no (28P01)")]
    [InlineData("00000003", "R", true, "PostgreSQL answers")]
    public async Task Postgres_ThatStarts_IsNotThereYet(string content, string type, bool up, string text)
    {
        var body = Convert.FromHexString(content.Replace(" ", ""));
        byte[] answer = [(byte)type[0], 0, 0, 0, (byte)(body.Length + 4), .. body];
        var (there, words) = await AskedOfAsync(answer, "postgres");

        Assert.Equal(up, there);
        Assert.EndsWith(": " + text, words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_IsThereWhenItAnswers()
    {
        Assert.SkipUnless(RedisServer.Missing is null, RedisServer.Missing ?? "");
        await using var server = new RedisServer();
        server.Start();
        await Eventually.TrueAsync(async () => (await AskAsync($"redis://127.0.0.1:{server.Port}")).Up, "redis is there", TestService.Patience, Ct);

        Assert.Equal((true, $"redis://127.0.0.1:{server.Port}: +PONG"), await AskAsync($"redis://:secret@127.0.0.1:{server.Port}/0"));
        await server.KillAsync();
        Assert.False((await AskAsync($"redis://127.0.0.1:{server.Port}")).Up);
    }

    [Theory]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", false)]
    [InlineData("-NOAUTH Authentication required.\r\n", true)]
    [InlineData("-ERR max number of clients reached\r\n", false)]
    public async Task Redis_ThatLoads_IsNotThereYet(string line, bool up) =>
        Assert.Equal(up, (await AskedOfAsync(System.Text.Encoding.ASCII.GetBytes(line), "redis")).Up);

    [Fact]
    public async Task Http_IsThereWith2xx()
    {
        await using var server = await ProbedServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/up" && context.Request.Query["a"] == "b" ? 200 : 500;
            return Task.CompletedTask;
        });

        Assert.Equal((true, $"http://localhost:{server.Port}/up: 200 OK"), await AskAsync($"http://localhost:{server.Port}/up?a=b"));
        Assert.False((await AskAsync($"http://localhost:{server.Port}/down")).Up);
    }

    [Fact]
    public async Task Https_IsAskedOverTls()
    {
        await using var server = await ProbedServer.StartAsync(context => context.Response.WriteAsync(context.Request.Scheme), tls: true);

        Assert.True((await AskAsync($"https://localhost:{server.Port}/")).Up);
    }

    [Fact]
    public async Task Name_ThatIsUnknown_IsSaid()
    {
        var (up, text) = await AskAsync("tcp://no-such-host.invalid:1");
        Assert.False(up);
        Assert.StartsWith("tcp://no-such-host.invalid:1: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_TellsOfTheDependencyComingAndStopsAsking()
    {
        var port = FreePort.Find();
        var told = new ConcurrentQueue<bool>();
        using var poll = new DependencyPoll(check, new UnitDependency { Name = "db", Check = $"tcp://127.0.0.1:{port}" }, Order, TimeProvider.System, (up, _) => told.Enqueue(up));
        await Eventually.TrueAsync(() => !told.IsEmpty, "it is missed", TestService.Patience, Ct);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        await Eventually.TrueAsync(() => told.Count == 2, "it is found", TestService.Patience, Ct);

        Assert.Equal([false, true], told);
    }

    [Fact]
    public async Task Poll_OfSomethingWhoseLossMatters_TellsOfTheLoss()
    {
        var clock = new FakeClock();
        var port = FreePort.Find();
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var told = new ConcurrentQueue<(bool Up, string Text)>();
        var dependency = new UnitDependency { Name = "db", Check = $"tcp://127.0.0.1:{port}", OnLoss = DependencyLoss.NotReady };
        using var poll = new DependencyPoll(check, dependency, Order, clock, (up, text) => told.Enqueue((up, text)));
        await Eventually.TrueAsync(() => told.Count == 1, "it is found", TestService.Patience, Ct);
        listener.Stop();
        // However long the pause between two questions is, this jumps it.
        await Eventually.TrueAsync(() => { clock.Advance(TimeSpan.FromSeconds(10)); return told.Count == 2; }, "it is lost", TestService.Patience, Ct);

        Assert.Equal([(true, $"tcp://127.0.0.1:{port}: connected"), (false, $"tcp://127.0.0.1:{port}: connection refused")], told);
    }

    private Task<(bool Up, string Text)> AskAsync(string address) => check.AskAsync(new UnitDependency { Name = "it", Check = address }, Order, Ct);

    // A server that says just this.
    private async Task<(bool Up, string Text)> AskedOfAsync(byte[] answer, string scheme)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Ct);
            _ = await client.GetStream().ReadAsync(new byte[256], Ct);
            await client.GetStream().WriteAsync(answer, Ct);
            await client.GetStream().CopyToAsync(Stream.Null, Ct);
        }, Ct);
        var asked = await AskAsync($"{scheme}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        await served;
        return asked;
    }
}
