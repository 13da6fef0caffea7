using System.Net.Sockets;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Targets.Guard;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Targets;

/// <summary>Rollouts on a real guard, with programs that need no compiler.</summary>
public sealed class GuardRolloutTests : IAsyncLifetime
{
    private const string Server = """
        #!/usr/bin/python3
        import http.server, os
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'VERSION')
            def log_message(self, *args): pass
        host, port = os.environ['ADDR'].split(':')
        http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
        """;

    private readonly TemporaryFolder folder = new();
    private GuardProcess guard = null!;
    private int port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataPaths Paths => new(guard.DataFolder);

    private SecretVault Vault => LocalSecrets.Of(Paths, TimeProvider.System, _ => null);

    private FileRolloutStore Store => new(Paths.Local);

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3");
        guard = await GuardProcess.StartAsync(Ct);
        using var free = new TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (guard is not null)
            await guard.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Run_TwoShipsAndARollback_MovesTheTrafficWithoutLosingARequest()
    {
        AssertSucceeded(await ShipAsync("one"));
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var answers = AskAsync(asking.Token);
        AssertSucceeded(await ShipAsync("two"));
        Assert.Equal("two", await GetAsync());
        AssertSucceeded(await RunAsync(RolloutKind.Rollback, "orders-dev-1", Maker("none")));
        Assert.Equal("one", await GetAsync());
        await asking.CancelAsync();

        Assert.Equal(["one", "two"], (await answers).Distinct().Order());
        var service = Path.Combine(Paths.Services, "orders");
        Assert.Equal("releases/orders-dev-1", new FileInfo(Path.Combine(service, "current")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(service, "current", "bin", "orders")));
        Assert.Equal(["orders-dev-1"], (await guard.Client.StatusAsync("orders", "dev", Ct)).Units.Select(unit => unit.Release));
    }

    [Fact]
    public async Task Run_UnitThatRefersToASecret_IsHandedItAndNobodyElseCanReadIt()
    {
        const string planted = "pl4nted/Secret+Value=?";
        await Vault.SetAsync(new("dev", null), "TOKEN", new(planted), "ada", Ct);
        var program = Server.Replace("b'VERSION'", "os.environ['TOKEN'].encode()", StringComparison.Ordinal);
        var digest = await new ArtifactStore(Paths.Artifacts).AddAsync(folder.File("program", program), Ct);
        var rollout = await RunAsync(RolloutKind.Ship, null, (_, _, _) => Task.FromResult<ReleaseDraft>(new ReleaseDraft.Made(
            number =>
            {
                var release = Make(number, digest, program.Length);
                return release with { Unit = release.Unit with { Env = new SortedDictionary<string, string>(release.Unit.Env.ToDictionary(), StringComparer.Ordinal) { ["TOKEN"] = "${secret:TOKEN@shared.1}" } } };
            },
            [])));

        AssertSucceeded(rollout);
        Assert.Equal(planted, await GetAsync());
        var told = string.Join('\n', (await Store.EventsAsync(rollout.Id, Ct)).Select(happened => happened.Message)) + System.Text.Json.JsonSerializer.Serialize(await Store.FindReleaseAsync(rollout.Release!, Ct));
        Assert.DoesNotContain(Secrets.SecretVaultTests.Forms(planted), form => told.Contains(form, StringComparison.Ordinal));
        var open = Directory.EnumerateFiles(guard.DataFolder, "*", SearchOption.AllDirectories)
            .Where(path => (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0 || path.StartsWith(Paths.Local, StringComparison.Ordinal) || path.StartsWith(Paths.Services, StringComparison.Ordinal))
            .Where(path => Secrets.SecretVaultTests.Forms(planted).Any(form => File.ReadAllText(path).Contains(form, StringComparison.Ordinal)));
        Assert.Empty(open);
    }

    [Fact]
    public async Task Run_ReleasesWithFilesOfValues_EachReadsItsOwnAndARollbackBringsTheOldOneBack()
    {
        const string planted = "pl4nted/Secret+Value=?\"'";
        await Vault.SetAsync(new("dev", null), "TOKEN", new(planted), "ada", Ct);
        var program = Server.Replace("b'VERSION'", "open(os.environ['CONFIG_FILE'], 'rb').read()", StringComparison.Ordinal);
        ReleaseMaker Of(string greeting) => async (_, _, ct) =>
        {
            var digest = await new ArtifactStore(Paths.Artifacts).AddAsync(folder.File("program", program), ct);
            return new ReleaseDraft.Made(number => WithValues(Make(number, digest, program.Length), greeting), []);
        };

        var first = await RunAsync(RolloutKind.Ship, null, Of("one"));
        AssertSucceeded(first);
        await AssertValuesAsync("one", planted);
        AssertSucceeded(await RunAsync(RolloutKind.Ship, null, Of("two")));
        await AssertValuesAsync("two", planted);
        AssertSucceeded(await RunAsync(RolloutKind.Rollback, "orders-dev-1", Of("none")));
        await AssertValuesAsync("one", planted);

        Assert.DoesNotContain(planted, System.Text.Json.JsonSerializer.Serialize(await Store.FindReleaseAsync(first.Release!, Ct)), StringComparison.Ordinal);
        var file = Assert.Single(Directory.EnumerateFiles(Paths.Guard.ConfigFolder, "*", SearchOption.AllDirectories));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(file));
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(Path.GetDirectoryName(file)!) & (UnixFileMode.OtherExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }

    [Fact]
    public async Task Run_ServiceThatExitsAtOnce_FailsWithItsLastWordsAndKeepsTheOldOne()
    {
        AssertSucceeded(await ShipAsync("one"));
        var failed = await RunAsync(RolloutKind.Ship, null, Maker("#!/bin/sh\necho 'no database' >&2\nexit 78\n"));

        Assert.Equal(RolloutState.Failed, failed.State);
        Assert.Contains("78", failed.Failure);
        Assert.Contains("no database", failed.Failure);
        Assert.Equal("one", await GetAsync());
        Assert.Equal(["orders-dev-1"], (await guard.Client.StatusAsync("orders", "dev", Ct)).Units.Select(unit => unit.Release));
    }

    [Fact]
    public async Task Run_PortOfAnotherProcess_FailsInPreflightSayingWhoHoldsIt()
    {
        using var other = new TcpListener(System.Net.IPAddress.Loopback, port);
        other.Start();
        var failed = await ShipAsync("one");

        Assert.Equal(RolloutState.Failed, failed.State);
        Assert.Contains($"port {port} (http) is taken by", failed.Failure);
        Assert.Contains($"(pid {Environment.ProcessId})", failed.Failure);
    }

    [Fact]
    public async Task Run_UnitThatTheGuardRefuses_FailsInPreflightWithItsWords()
    {
        var digest = await new ArtifactStore(Paths.Artifacts).AddAsync(folder.File("program", Server), Ct);
        ReleaseMaker maker = (_, _, _) => Task.FromResult<ReleaseDraft>(new ReleaseDraft.Made(
            number =>
            {
                var release = Make(number, digest, Server.Length);
                return release with { Unit = release.Unit with { DependsOn = [new() { Name = "self", Service = "orders" }] } };
            },
            []));
        var failed = await RunAsync(RolloutKind.Ship, null, maker);

        Assert.Equal(RolloutState.Failed, failed.State);
        Assert.Contains("dependsOn.self.service: orders → orders: a service can't wait for itself", failed.Failure);
        Assert.False(Directory.Exists(Paths.Releases("orders")));
    }

    private Task<Rollout> ShipAsync(string version) => RunAsync(RolloutKind.Ship, null, Maker(Server.Replace("VERSION", version, StringComparison.Ordinal)));

    private async Task<Rollout> RunAsync(RolloutKind kind, string? release, ReleaseMaker maker)
    {
        var now = TimeProvider.System.GetUtcNow();
        var rollout = new Rollout
        {
            Id = Guid.NewGuid(), Service = "orders", Environment = "dev", Kind = kind, Release = release, RequestedBy = "ada@bench", CreatedAt = now, UpdatedAt = now,
        };
        await Store.AddAsync(rollout, Ct);
        var options = new RolloutOptions { Bake = TimeSpan.FromSeconds(1) };
        return await new RolloutRunner(Store, new GuardDriver(Paths, new UnitSecrets(Vault)), maker, options, TimeProvider.System).RunAsync(rollout.Id, Ct);
    }

    private ReleaseMaker Maker(string program) => async (_, _, ct) =>
    {
        var digest = await new ArtifactStore(Paths.Artifacts).AddAsync(folder.File("program", program), ct);
        return new ReleaseDraft.Made(number => Make(number, digest, program.Length), []);
    };

    private Release Make(ReleaseNumber number, string digest, long bytes) => new()
    {
        Id = number.Id, Service = "orders", Environment = "dev", Number = number.Number, Artifact = digest, ArtifactBytes = bytes,
        CreatedAt = TimeProvider.System.GetUtcNow(), CreatedBy = "ada@bench",
        Unit = new Unit
        {
            Service = "orders", Environment = "dev", Release = number.Id, Executable = Path.Combine(Paths.Release("orders", number.Id), "bin", "orders"),
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["ADDR"] = "127.0.0.1:${port}", ["PATH"] = "/usr/bin:/bin" },
            Ports = [new("http", port)], Socket = SocketMode.Forward,
            Startup = new() { HttpPath = "/", Period = TimeSpan.FromMilliseconds(100) }, Readiness = new() { HttpPath = "/", Period = TimeSpan.FromMilliseconds(200) },
            Stop = new() { Grace = TimeSpan.FromSeconds(5), Drain = TimeSpan.FromSeconds(2) },
        },
    };

    private static Release WithValues(Release release, string greeting) => release with
    {
        Unit = release.Unit with
        {
            Env = new SortedDictionary<string, string>(release.Unit.Env.ToDictionary(), StringComparer.Ordinal) { ["CONFIG_FILE"] = "${config}" },
            Config = new()
            {
                Name = "app.json", Format = ConfigFormat.Json,
                Values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { ["greeting"] = new(greeting), ["db.token"] = new("${secret:TOKEN@shared.1}") },
            },
        },
    };

    private async Task AssertValuesAsync(string greeting, string token)
    {
        using var values = System.Text.Json.JsonDocument.Parse(await GetAsync());
        Assert.Equal((greeting, token), (values.RootElement.GetProperty("greeting").GetString(), values.RootElement.GetProperty("db").GetProperty("token").GetString()));
    }

    private async Task<string> GetAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"http://127.0.0.1:{port}/", Ct);
    }

    private async Task<IReadOnlyList<string>> AskAsync(CancellationToken stop)
    {
        var answers = new List<string>();
        while (!stop.IsCancellationRequested)
            answers.Add(await GetAsync());
        return answers;
    }

    private static void AssertSucceeded(Rollout rollout) => Assert.True(rollout.State == RolloutState.Succeeded, $"{rollout.State}: {rollout.Failure}");
}
