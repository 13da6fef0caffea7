using System.Globalization;
using System.Text.Json;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Logs;

namespace MyApp.Cli.Remote;

/// <summary>The control plane's REST interface (<c>/api/v1</c>).</summary>
internal sealed class ControlPlaneClient(ApiConnection api) : IControl
{
    public Task<ServiceList> ListServicesAsync(string environment, CancellationToken ct) =>
        api.GetAsync($"api/v1/services?environment={Escape(environment)}", WireJson.Default.ServiceList, ct);

    public Task<ServiceView> ReadServiceAsync(string service, string environment, CancellationToken ct) =>
        api.GetAsync($"{Path(service)}?environment={Escape(environment)}", WireJson.Default.ServiceView, ct);

    public Task<EnvironmentStandings> ReadEnvironmentsAsync(string? service, string? environment, CancellationToken ct)
    {
        var only = string.Join('&', new[] { ("service", service), ("environment", environment) }.Where(each => each.Item2 is not null).Select(each => $"{each.Item1}={Escape(each.Item2!)}"));
        return api.GetAsync($"api/v1/environments{(only.Length == 0 ? "" : $"?{only}")}", WireJson.Default.EnvironmentStandings, ct);
    }

    public async Task<SourceReceipt> AddSourceAsync(string archive, Action<long> sent, CancellationToken ct)
    {
        using var content = new UploadContent(archive, sent);
        using var response = await api.PostAsync("api/v1/sources", content, mayTakeLong: true, ct);
        return await ApiAnswers.ReadAsync(response, WireJson.Default.SourceReceipt, ct);
    }

    public Task<Rollout> StartRolloutAsync(RolloutRequest request, CancellationToken ct) =>
        api.PostAsync("api/v1/rollouts", request, WireJson.Default.RolloutRequest, WireJson.Default.Rollout, ct);

    public Task<Rollout> RollBackAsync(string service, RollbackRequest request, CancellationToken ct) =>
        api.PostAsync($"{Path(service)}/rollback", request, WireJson.Default.RollbackRequest, WireJson.Default.Rollout, ct);

    public async Task<Rollout> FollowAsync(Rollout rollout, IRolloutWatcher watcher, CancellationToken ct)
    {
        var path = $"api/v1/rollouts/{rollout.Id}";
        var story = new RolloutStory(watcher);
        await new ResumingEvents(api, watcher.OnReconnecting).ReadAsync(
            _ => $"{path}/events",
            item => !story.Tell(JsonSerializer.Deserialize(item.Data, WireJson.Default.RolloutEvent)),
            async token =>
            {
                var view = await api.GetAsync(path, WireJson.Default.RolloutView, token);
                foreach (var happened in view.Events)
                    story.Tell(happened);
                rollout = view.Rollout;
                return rollout.IsFinal;
            },
            ct);
        return rollout;
    }

    public async Task<RolloutView?> FindWaitingAsync(string service, string environment, CancellationToken ct)
    {
        var newest = await api.GetAsync($"api/v1/rollouts?service={Escape(service)}&environment={Escape(environment)}&limit=1", WireJson.Default.RolloutList, ct);
        return newest.Rollouts is [var rollout] && await api.GetAsync($"api/v1/rollouts/{rollout.Id}", WireJson.Default.RolloutView, ct) is { Approval: not null } view ? view : null;
    }

    public Task<ApprovalGate> ApproveAsync(Guid rollout, ApprovalRequest request, CancellationToken ct) =>
        api.PostAsync($"api/v1/rollouts/{rollout}/approvals", request, WireJson.Default.ApprovalRequest, WireJson.Default.ApprovalGate, ct);

    public async Task CommandAsync(ServiceVerb verb, string service, string environment, CancellationToken ct)
    {
        using var content = ApiConnection.Json(new ServiceCommand(environment), WireJson.Default.ServiceCommand);
        var path = $"{Path(service)}/{verb.ToString().ToLowerInvariant()}";
        using var response = await api.PostAsync(path, content, mayTakeLong: false, ct);
        await ApiAnswers.EnsureAcceptedAsync(response, ct);
    }

    public Task<WhyView> ReadWhyAsync(string service, string environment, int count, CancellationToken ct) => api.GetAsync(
        string.Create(CultureInfo.InvariantCulture, $"{Path(service)}/why?environment={Escape(environment)}&count={count}"), WireJson.Default.WhyView, ct);

    public Task<LogPage> ReadLogsAsync(LogQuery query, CancellationToken ct) => api.GetAsync(LogPath(query, query.Tail), WireJson.Default.LogPage, ct);

    public Task FollowLogsAsync(LogQuery query, Action<LogLineView> onLine, Action<string> onReconnecting, CancellationToken ct)
    {
        var unseen = new UnseenLines(onLine);
        return new ResumingEvents(api, onReconnecting) { FailFirst = true }.ReadAsync(
            first => LogPath(query, first ? query.Tail : unseen.AskAgain()) + "&follow=true",
            item =>
            {
                if (JsonSerializer.Deserialize(item.Data, WireJson.Default.LogLineView) is { } line)
                    unseen.Tell(line);
                return true;
            },
            _ => Task.FromResult(false),
            ct);
    }

    public string HowToFollow(Rollout rollout) => $"{api.At($"rollouts/{rollout.Id}")} or: myapp status {rollout.Service} --env {rollout.Environment}";

    public ValueTask DisposeAsync()
    {
        api.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string LogPath(LogQuery query, int tail)
    {
        var stream = query.Stream is { } only ? $"&stream={only.Name()}" : "";
        var grep = query.Pattern is null ? "" : $"&grep={Escape(query.Pattern.Text)}";
        return string.Create(CultureInfo.InvariantCulture, $"{Path(query.Service)}/logs?environment={Escape(query.Environment)}{stream}{Time("since", query.Since)}{Time("until", query.Until)}{grep}&tail={tail}");
    }

    private static string Time(string name, DateTimeOffset? time) =>
        time is null ? "" : $"&{name}={Escape(time.Value.ToString("O", CultureInfo.InvariantCulture))}";

    private static string Path(string service) => $"api/v1/services/{Escape(service)}";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
