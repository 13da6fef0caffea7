using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Dossiers;

namespace MyApp.Tests.Cli;

/// <summary>A control plane on a port of its own that answers what a test tells it to, and can break off its streams.</summary>
internal sealed class FakeControlPlane : IAsyncDisposable
{
    private readonly WebApplication app;
    private long lastSent;
    private bool restarting;

    private FakeControlPlane(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>Every request as <c>METHOD path?query</c>, with <c>#id</c> where it had a Last-Event-ID.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public List<ServiceView> Services { get; } = [];

    public List<RolloutEvent> Events { get; } = [];

    /// <summary>
    /// Events sent on one connection before it ends; null: all of them. The connection after it is answered 503, as by a server that
    /// starts again. (Not a reset: that may overtake what was sent.)
    /// </summary>
    public int? BreakAfter { get; set; }

    public RolloutState End { get; set; } = RolloutState.Succeeded;

    public string? Failure { get; set; }

    /// <summary>How a request is refused instead; by <c>METHOD path</c>.</summary>
    public Dictionary<string, (int Status, ProblemView Problem)> Refusals { get; } = [];

    public List<EnvironmentStanding> Standings { get; } = [];

    public List<LogLineView> Lines { get; } = [];

    public List<ExitDossier> Exits { get; } = [];

    public ConcurrentQueue<RolloutRequest> Shipped { get; } = [];

    public long UploadedBytes { get; private set; }

    public static async Task<FakeControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var plane = new FakeControlPlane(app);
        plane.Map();
        await app.StartAsync();
        return plane;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    public RolloutEvent AddEvent(RolloutEventKind kind, RolloutState state, string message = "", TimeSpan? duration = null)
    {
        var happened = new RolloutEvent
        {
            Sequence = Events.Count + 1,
            Rollout = RolloutId,
            Service = "orders",
            Environment = "dev",
            Kind = kind,
            State = state,
            Time = new DateTimeOffset(2026, 3, 1, 12, 0, Events.Count, TimeSpan.Zero),
            Message = message,
            Duration = duration,
        };
        Events.Add(happened);
        return happened;
    }

    public static Guid RolloutId { get; } = Guid.Parse("11111111-2222-3333-4444-555555555555");

    private void Map()
    {
        app.Use(async (context, next) =>
        {
            var request = context.Request;
            var resumed = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } id ? $"#{id}" : "";
            Requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}{resumed}");
            if (Refusals.TryGetValue($"{request.Method} {request.Path}", out var refusal))
                await RefuseAsync(context, refusal.Status, refusal.Problem);
            else
                await next(context);
        });
        var api = app.MapGroup("/api/v1");
        api.MapGet("/services", context => WriteAsync(context, new ServiceList(Services), WireJson.Default.ServiceList));
        api.MapGet("/environments", context => WriteAsync(context, new EnvironmentStandings(Standings), WireJson.Default.EnvironmentStandings));
        api.MapGet("/services/{name}", ReadServiceAsync);
        api.MapGet("/services/{name}/logs", LogsAsync);
        api.MapGet("/services/{name}/why", context => WriteAsync(
            context, new WhyView((string)context.GetRouteValue("name")!, context.Request.Query["environment"]!, Exits), WireJson.Default.WhyView));
        api.MapPost("/services/{name}/rollback", context => WriteAsync(context, View(RolloutState.Pending, RolloutKind.Rollback), WireJson.Default.Rollout));
        api.MapPost("/services/{name}/{verb}", () => Results.NoContent());
        api.MapPost("/sources", UploadAsync);
        api.MapPost("/rollouts", StartRolloutAsync);
        api.MapGet("/rollouts/{id}", ReadRolloutAsync);
        api.MapGet("/rollouts/{id}/events", EventsAsync);
    }

    private Rollout View(RolloutState state, RolloutKind kind) => new()
    {
        Id = RolloutId,
        Service = "orders",
        Environment = "dev",
        Kind = kind,
        State = state,
        Release = state == RolloutState.Pending ? null : "orders-dev-2",
        RequestedBy = "ada@build-1",
        Failure = Failure,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private Task ReadServiceAsync(HttpContext context)
    {
        var name = (string)context.GetRouteValue("name")!;
        return Services.Find(s => s.Name == name) is { } found
            ? WriteAsync(context, found, WireJson.Default.ServiceView)
            : RefuseAsync(context, 404, new ProblemView { Type = "https://myapp.dev/problems/not-found", Title = "Not found", Detail = $"there is no service '{name}' in dev" });
    }

    private async Task UploadAsync(HttpContext context)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;)
            UploadedBytes += read;
        await WriteAsync(context, new SourceReceipt("sha256:abc", UploadedBytes), WireJson.Default.SourceReceipt);
    }

    private async Task StartRolloutAsync(HttpContext context)
    {
        var request = await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.RolloutRequest);
        Shipped.Enqueue(request!);
        context.Response.StatusCode = 202;
        await WriteAsync(context, View(RolloutState.Pending, RolloutKind.Ship), WireJson.Default.Rollout);
    }

    private Task ReadRolloutAsync(HttpContext context)
    {
        var sent = BreakAfter is null ? Events : Events.FindAll(e => e.Sequence <= lastSent);
        var state = sent.Count == Events.Count ? End : RolloutState.Building;
        return WriteAsync(context, new RolloutView(View(state, RolloutKind.Ship), sent), WireJson.Default.RolloutView);
    }

    private async Task EventsAsync(HttpContext context)
    {
        if (restarting)
        {
            (restarting, context.Response.StatusCode) = (false, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        var after = long.TryParse(context.Request.Headers["Last-Event-ID"], out var id) ? id : 0;
        foreach (var happened in Events.Where(e => e.Sequence > after).Take(BreakAfter ?? int.MaxValue))
        {
            var data = JsonSerializer.Serialize(happened, WireJson.Default.RolloutEvent);
            await context.Response.WriteAsync($": still here\n\nevent: rollout\nid: {happened.Sequence}\ndata: {data}\n\n");
            lastSent = happened.Sequence;
        }

        restarting = BreakAfter is not null;
    }

    private async Task LogsAsync(HttpContext context)
    {
        var lines = Lines.TakeLast(int.Parse(context.Request.Query["tail"]!, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        if (context.Request.Query["follow"] != "true")
        {
            await WriteAsync(context, new LogPage(lines), WireJson.Default.LogPage);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        foreach (var line in lines)
            await context.Response.WriteAsync($"event: log\ndata: {JsonSerializer.Serialize(line, WireJson.Default.LogLineView)}\n\n");
        await context.Response.Body.FlushAsync();
        // Ended, not aborted: a reset may overtake what was sent.
        if (BreakAfter is null)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static Task RefuseAsync(HttpContext context, int status, ProblemView problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(problem with { Status = status }, WireJson.Default.ProblemView));
    }

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(value, type));
    }
}
