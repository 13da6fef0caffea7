using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Targets.Guard;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Control;

namespace MyApp.Cli.Local;

/// <summary>The guard of a data folder, asked directly.</summary>
internal sealed class LocalGuard(DataPaths paths)
{
    private readonly GuardClient guard = new(paths.Guard.SocketPath);
    private readonly LogReader logs = new(new(paths.Guard.SocketPath), paths.Logs);

    /// <summary>Before anything is built for nothing.</summary>
    public Task EnsureAnswersAsync(CancellationToken ct) => AskAsync(() => guard.HelloAsync(ct));

    public async Task<ServiceList> ListAsync(string environment, CancellationToken ct)
    {
        var status = await AskAsync(() => guard.StatusAsync(null, environment, ct));
        return new ServiceList([.. status.Units.GroupBy(u => u.Service).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => View([.. g]))]);
    }

    public async Task<ServiceView> ReadAsync(string service, string environment, CancellationToken ct)
    {
        var status = await AskAsync(() => guard.StatusAsync(service, environment, ct));
        return status.Units.Count > 0
            ? View(status.Units)
            : throw new CommandFailedException(ExitCode.BadInput, $"the guard of {paths.DataFolder} knows no service '{service}' in {environment}");
    }

    public async Task CommandAsync(ServiceVerb verb, string service, string environment, CancellationToken ct)
    {
        await EnsureAnswersAsync(ct);
        await (verb switch
        {
            ServiceVerb.Start => guard.StartAsync(service, environment, ct),
            ServiceVerb.Stop => guard.StopAsync(service, environment, ct),
            _ => guard.RestartAsync(service, environment, ct),
        });
    }

    public async Task<WhyView> ReadWhyAsync(string service, string environment, int count, CancellationToken ct)
    {
        await EnsureAnswersAsync(ct);
        return new WhyView(service, environment, await guard.WhyAsync(service, environment, count, ct));
    }

    /// <summary>A search needs no guard.</summary>
    public Task<LogPage> ReadLogsAsync(LogQuery query, CancellationToken ct) => AskAsync(() => logs.ReadAsync(query, ct));

    public async Task FollowLogsAsync(LogQuery query, Action<LogLineView> onLine, CancellationToken ct)
    {
        await EnsureAnswersAsync(ct);
        await foreach (var line in logs.FollowAsync(query, ct))
            onLine(line);
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (GuardException e) when (e.Code == "unreachable")
        {
            throw new CommandFailedException(ExitCode.Failed, $"no guard answers for the data folder {paths.DataFolder}: start one with {HowToStart()}", e);
        }
    }

    private string HowToStart() => GuardBinary.Find() is { } binary
        ? $"'{binary}' serve --data '{paths.DataFolder}' &"
        : $"dotnet build MyApp.Guard && artifacts/guard/myapp-guard serve --data '{paths.DataFolder}' &";

    // While a rollout is under way a service has two units: the one that has the traffic is the service.
    private static ServiceView View(IReadOnlyList<UnitStatus> units)
    {
        var unit = units.FirstOrDefault(u => u.Current) ?? units[0];
        return new ServiceView
        {
            Name = unit.Service,
            Environment = unit.Environment,
            Release = unit.Current ? unit.Release : null,
            State = GuardViews.StateOf(unit.Instances),
            Job = unit.Job ? true : null,
            Instances = [.. unit.Instances.Select(GuardViews.InstanceOf)],
            Url = unit.Url,
        };
    }
}
