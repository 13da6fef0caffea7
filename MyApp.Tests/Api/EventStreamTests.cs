using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class EventStreamTests(PostgresFixture postgres)
{
    [Fact(Timeout = 180_000)]
    public async Task Replay_UnderConcurrentAppends_HasNoGapAndNoDuplicate()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var rollouts = await RolloutsAsync(client, 6);
        var seen = new List<long>();
        var appending = Task.WhenAll(rollouts.Select(r => AppendAsync(api, r, 60)));
        // Reconnecting again and again in the middle of the appends is what would show a late commit with a lower number.
        const int Total = (6 * 60) + 6;
        while (seen.Count < Total)
            seen.AddRange(await ReadAsync(client, "/api/v1/events?after=0", seen.LastOrDefault(), Math.Min(17, Total - seen.Count)));
        await appending;
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(await StoredAsync(api), seen);
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_OfOneRollout_TellsItsWholeStoryAndEnds()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        using var client = await api.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        using var answer = await client.GetAsync(
            new Uri($"{shipped.Headers.Location}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var events = new List<RolloutEvent>();
        await foreach (var item in Parse(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)))
        {
            Assert.Equal("rollout", item.EventType);
            events.Add(JsonSerializer.Deserialize(item.Data, WireJson.Default.RolloutEvent)!);
            Assert.Equal(item.EventId, events[^1].Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var entered = events.Where(e => e.Kind == RolloutEventKind.Entered).Select(e => e.State).ToList();
        Assert.Equal((RolloutState.Pending, RolloutState.Succeeded, 10), (entered[0], entered[^1], entered.Count));
        // Whoever has the last one already is not kept waiting.
        Assert.Empty(await ReadAsync(client, $"{shipped.Headers.Location}/events", events[^1].Sequence, most: 1));
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_WithFilters_SendsOnlyWhatWasAskedFor()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var rollouts = await RolloutsAsync(client, 3);
        await AppendAsync(api, rollouts[1], 2);
        Assert.Equal(3, (await ReadAsync(client, "/api/v1/events?after=0&service=service-1&environment=dev", 0, most: 3)).Count);
        Assert.Single(await ReadAsync(client, $"/api/v1/events?after=0&rollout={rollouts[2].Id}", 0, most: 1));
    }

    [Fact(Timeout = 180_000)]
    public async Task Streams_WhenTheApiStops_End()
    {
        var api = new ApiHost(await postgres.NewDatabaseAsync());
        var client = await api.ReadyClientAsync();
        await using var stream = await client.GetStreamAsync(new Uri("/api/v1/events", UriKind.Relative), TestContext.Current.CancellationToken);
        var ending = new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);
        api.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();
        Assert.StartsWith("retry: ", await ending.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        client.Dispose();
        await api.DisposeAsync();
    }

    private static async Task<List<Rollout>> RolloutsAsync(HttpClient client, int count)
    {
        var source = await client.UploadSampleAsync();
        var rollouts = new List<Rollout>();
        for (var i = 0; i < count; i++)
        {
            using var answer = await client.ShipAsync(source, service: $"service-{i}");
            rollouts.Add(await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout));
        }

        return rollouts;
    }

    private static async Task AppendAsync(ApiHost api, Rollout rollout, int count)
    {
        var contexts = api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>();
        for (var i = 0; i < count; i += 2)
        {
            await using var db = await contexts.CreateDbContextAsync(TestContext.Current.CancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            var notes = Enumerable.Range(i, 2).Select(n => FakeRun.Event(rollout, RolloutEventKind.Note, $"{n}\0")).ToList();
            await RolloutWrites.AppendAsync(db, notes, TestContext.Current.CancellationToken);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
            api.Services.GetRequiredService<Wakeups>().SayEvents();
        }
    }

    /// <summary>Reads up to so many events after the last one, then leaves, as a client that loses its connection does.</summary>
    private static async Task<List<long>> ReadAsync(HttpClient client, string path, long last, int most)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (last > 0)
            request.Headers.Add("Last-Event-ID", $"{last}");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var read = new List<long>();
        await foreach (var item in Parse(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)))
        {
            read.Add(long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture));
            if (read.Count == most)
                break;
        }

        return read;
    }

    private static IAsyncEnumerable<SseItem<string>> Parse(Stream stream) =>
        SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken);

    private static async Task<List<long>> StoredAsync(ApiHost api)
    {
        await using var db = await api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContextAsync();
        return await db.Events.OrderBy(e => e.Sequence).Select(e => e.Sequence).ToListAsync();
    }
}
