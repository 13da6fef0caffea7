using System.Collections.Concurrent;
using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class WorkerTests(PostgresFixture postgres)
{
    [Fact(Timeout = 180_000)]
    public async Task TwoReplicas_RacingForRollouts_RunEachExactlyOnce()
    {
        var database = await postgres.NewDatabaseAsync();
        var runs = new ConcurrentBag<(string Replica, Guid Rollout)>();
        // No lease expires here, however busy the machine: one that did would be run again.
        await using var a = new ApiHost(database, more: ("Worker:Lease", "00:10:00")) { Run = Counting("a") };
        await using var b = new ApiHost(database, a.Data, more: ("Worker:Lease", "00:10:00")) { Run = Counting("b") };
        using var client = await a.ReadyClientAsync();
        using var other = await b.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            using var answer = await (i % 2 == 0 ? client : other).ShipAsync(source, service: $"service-{i}");
            return (await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
        }));
        foreach (var rollout in asked)
            await FinalAsync(client, rollout);
        Assert.Equal(asked.Order(), runs.Select(r => r.Rollout).Order());

        MyApp.Api.Rollouts.RunRollout Counting(string replica) => async (rollout, store, ct) =>
        {
            runs.Add((replica, rollout));
            await FakeRun.ToSuccessAsync(rollout, store, ct);
        };
    }

    [Fact(Timeout = 180_000)]
    public async Task Rollout_OfAReplicaThatHangs_IsTakenOverAndItsLateWritesAreRefused()
    {
        var database = await postgres.NewDatabaseAsync();
        var hung = new TaskCompletionSource<(Guid Rollout, IRolloutStore Store)>();
        var end = new TaskCompletionSource();
        await using var a = new ApiHost(database, more: ("Worker:Parallel", "1")) { Run = (rollout, store, _) => HangAsync(rollout, store) };
        using var client = await a.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        var (rollout, lost) = await hung.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var before = (await lost.FindAsync(rollout, TestContext.Current.CancellationToken))!;
        await StealAsync(database, rollout);

        var late = FakeRun.Next(before, RolloutState.Failed);
        await Assert.ThrowsAsync<OperationCanceledException>(() => lost.TryAdvanceAsync(before, late, [], TestContext.Current.CancellationToken));
        await using var b = new ApiHost(database, a.Data) { Run = FakeRun.ToSuccessAsync };
        using var other = await b.ReadyClientAsync();
        Assert.Equal(RolloutState.Succeeded, (await FinalAsync(other, rollout)).State);
        end.SetResult();

        Task HangAsync(Guid id, IRolloutStore store)
        {
            hung.TrySetResult((id, store));
            return end.Task;
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Rollout_OfAReplicaThatStops_IsGivenBackAtOnce()
    {
        var database = await postgres.NewDatabaseAsync();
        var started = new TaskCompletionSource();
        var a = new ApiHost(database, more: ("Worker:Lease", "00:10:00"));
        a.Run = async (_, _, ct) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        };
        using var client = await a.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        var rollout = (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        // With ten minutes of lease left, only giving it back lets another replica have it now.
        await using var c = new ApiHost(database, Directory.CreateTempSubdirectory("myapp-api-").FullName) { Run = FakeRun.ToSuccessAsync };
        using var other = await c.ReadyClientAsync();
        await a.DisposeAsync();
        Assert.Equal(RolloutState.Succeeded, (await FinalAsync(other, rollout)).State);
        Directory.Delete(c.Data, recursive: true);
    }

    [Fact(Timeout = 180_000)]
    public async Task Run_ThatBreaksOff_IsTriedAgainFromTheRecord()
    {
        var attempts = 0;
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        api.Run = (rollout, store, ct) => Interlocked.Increment(ref attempts) == 1
            ? throw new InvalidOperationException("a bug")
            : FakeRun.ToSuccessAsync(rollout, store, ct);
        using var client = await api.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        var rollout = (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
        Assert.Equal(RolloutState.Succeeded, (await FinalAsync(client, rollout)).State);
        Assert.Equal(2, attempts);
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancel_WhileItRuns_KeepsTheLeaseUntilTheRunHasTidiedUp()
    {
        var started = new TaskCompletionSource();
        var tidied = new TaskCompletionSource();
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        api.Run = async (_, _, _) =>
        {
            started.TrySetResult();
            await tidied.Task;
        };
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        using var shipped = await client.ShipAsync(source);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        using var cancelled = await client.PostAsync(new Uri($"{shipped.Headers.Location}/cancel", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(RolloutState.Cancelled, (await cancelled.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).State);
        using var tooEarly = await client.ShipAsync(source);
        await tooEarly.ProblemAsync(HttpStatusCode.Conflict, "lease-held");
        tidied.SetResult();
        await Asking.UntilAsync("the lease to end", async () =>
        {
            using var next = await client.ShipAsync(source);
            return next.StatusCode == HttpStatusCode.Accepted;
        });
        using var again = await client.PostAsync(new Uri($"{shipped.Headers.Location}/cancel", UriKind.Relative), null, TestContext.Current.CancellationToken);
        await again.ProblemAsync(HttpStatusCode.Conflict, "too-late");
    }

    internal static async Task<Rollout> FinalAsync(HttpClient client, Guid id)
    {
        Rollout? last = null;
        await Asking.UntilAsync($"rollout {id} to be final", async () =>
        {
            last = (await client.GetAsync($"/api/v1/rollouts/{id}", WireJson.Default.RolloutView)).Rollout;
            return last.IsFinal;
        });
        return last!;
    }

    private static async Task StealAsync(string database, Guid rollout)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("update leases set owner = 'somebody else', fence = fence + 1, expires = clock_timestamp() where rollout = $1");
        command.Parameters.AddWithValue(rollout);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
