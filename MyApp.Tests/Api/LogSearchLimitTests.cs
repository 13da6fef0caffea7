using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class LogSearchLimitTests(PostgresFixture postgres)
{
    private const string Search = "/api/v1/services/orders/logs?environment=dev&grep=x";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Search_WithAFileThatCantBeRead_IsRefusedByItsName()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        using var client = await ShippedAsync(api);
        Directory.CreateDirectory(Path.Combine(LogsOf(api), "error.log"));

        using var answer = await client.GetAsync(new Uri(Search, UriKind.Relative), Ct);

        Assert.Contains("error.log", (await answer.ProblemAsync(HttpStatusCode.InternalServerError, "logs-unreadable")).Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Search_WhenAsManyAsFitAreUnderWayAndWait_IsRefused_AndTheLastLinesAreNot()
    {
        var under = Math.Max(1, Environment.ProcessorCount / 2);
        const int waiting = 16;
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        await using var guard = new FakeGuard(api.Data);
        using var client = await ShippedAsync(api);
        // To open it for reading takes until somebody opens it for writing.
        var log = Path.Combine(LogsOf(api), "access.log");
        Assert.Equal(0, (await LocalHost.RunAsync(new("mkfifo", [log]) { InheritEnvironment = true }, Ct)).ExitCode);

        var searches = Enumerable.Range(0, under + waiting + 1).Select(_ => client.GetAsync(new Uri(Search, UriKind.Relative), Ct)).ToList();
        var refused = await Task.WhenAny(searches);
        await (await refused).ProblemAsync(HttpStatusCode.ServiceUnavailable, "busy");
        Assert.Equal(TimeSpan.FromSeconds(2), (await refused).Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/api/v1/services/orders/logs?environment=dev", UriKind.Relative), Ct)).StatusCode);
        Assert.All(searches.Where(search => search != refused), search => Assert.False(search.IsCompleted));

        File.Move(log, $"{log}.fifo");
        AtomicFile.WriteAllText(log, "");
        // Opened for both it waits for nobody: the search that is under way may not have come to opening its end yet, and then finds the file.
        await using var opened = new FileStream($"{log}.fifo", FileMode.Open, FileAccess.ReadWrite);
        foreach (var search in searches)
            (await search).Dispose();
    }

    private static async Task<HttpClient> ShippedAsync(ApiHost api)
    {
        var client = await api.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        await WorkerTests.FinalAsync(client, (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id);
        return client;
    }

    private static string LogsOf(ApiHost api) => Directory.CreateDirectory(Path.Combine(new DataPaths(api.Data).Logs, "dev", "orders")).FullName;
}
