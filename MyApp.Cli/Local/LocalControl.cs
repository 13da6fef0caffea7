using MyApp.Cli.Remote;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Cli.Local;

/// <summary>Without a control plane: builds and rolls out in this process, on the guard of the data folder.</summary>
internal sealed class LocalControl(DataPaths paths, TimeProvider clock) : IControl
{
    private const long MostSourceBytes = 512L << 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly LocalGuard guard = new(paths);
    private readonly FileRolloutStore store = new(paths.Local);
    private readonly List<IDisposable> leases = [];

    public Task<ServiceList> ListServicesAsync(string environment, CancellationToken ct) => guard.ListAsync(environment, ct);

    public Task<ServiceView> ReadServiceAsync(string service, string environment, CancellationToken ct) => guard.ReadAsync(service, environment, ct);

    public Task<EnvironmentStandings> ReadEnvironmentsAsync(string? service, string? environment, CancellationToken ct) =>
        new LocalEnvironments(store, paths, clock).ReadAsync(service, environment, ct);

    public async Task<SourceReceipt> AddSourceAsync(string archive, Action<long> sent, CancellationToken ct)
    {
        await guard.EnsureAnswersAsync(ct);
        await using var file = File.OpenRead(archive);
        try
        {
            return await new SourceStore(paths.Sources).SaveAsync(file, MostSourceBytes, ct);
        }
        catch (SourceRefusedException e)
        {
            throw new CommandFailedException(ExitCode.BadInput, e.Message, e);
        }
    }

    public async Task<Rollout> StartRolloutAsync(RolloutRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var promoted = request.Promotes is { } id ? await PromotedAsync(id, request, ct) : null;
        var rollout = new Rollout
        {
            Id = Guid.CreateVersion7(now),
            Service = request.Service,
            Environment = request.Environment,
            Kind = request.Release is null ? RolloutKind.Ship : RolloutKind.Rollback,
            Source = promoted?.Source ?? request.Source,
            Vcs = request.Vcs,
            Promotes = request.Promotes,
            Set = request.Set,
            Release = request.Release,
            RequestedBy = request.RequestedBy,
            CreatedAt = now,
            UpdatedAt = now,
        };
        TakeLease(request);
        if (await new InterruptedRollouts(store, NewRunner(), clock).ResolveAsync(rollout, ct) is { } interrupted)
            return interrupted;
        await store.AddAsync(rollout, ct);
        return rollout;
    }

    public async Task<Rollout> RollBackAsync(string service, RollbackRequest request, CancellationToken ct)
    {
        await guard.EnsureAnswersAsync(ct);
        var release = await ChooseAsync(service, request, ct);
        return await StartRolloutAsync(
            new RolloutRequest { Service = service, Environment = request.Environment, Release = release.Id, RequestedBy = request.RequestedBy }, ct);
    }

    public async Task<Rollout> FollowAsync(Rollout rollout, IRolloutWatcher watcher, CancellationToken ct)
    {
        var story = new RolloutStory(watcher);
        var run = RunToEndAsync(rollout.Id, ct);
        do
        {
            await Task.WhenAny(run, Task.Delay(Look, clock, CancellationToken.None));
            foreach (var happened in await store.EventsAsync(rollout.Id, CancellationToken.None))
                story.Tell(happened);
        }
        while (!run.IsCompleted);

        return await run;
    }

    public async Task<RolloutView?> FindWaitingAsync(string service, string environment, CancellationToken ct)
    {
        var newest = (await store.ListAsync(ct)).FirstOrDefault(rollout => rollout.Service == service && rollout.Environment == environment);
        return newest is not null && await PendingAsync(newest, ct) is { } pending ? new RolloutView(newest, []) { Approval = pending.View } : null;
    }

    public async Task<ApprovalGate> ApproveAsync(Guid rollout, ApprovalRequest request, CancellationToken ct)
    {
        if (await store.FindAsync(rollout, ct) is not { } waiting || await PendingAsync(waiting, ct) is not { } pending)
            throw new CommandFailedException(ExitCode.Conflict, "it does not wait for anybody's signature any more");
        var approval = new Approval(rollout, request.Key, request.Signature, clock.GetUtcNow());
        var (name, gate, refusal) = pending.Judge(approval);
        if (name is null)
            throw new CommandFailedException(ExitCode.BadInput, refusal!);
        await store.AddApprovalAsync(approval, ct);
        return gate;
    }

    public Task CommandAsync(ServiceVerb verb, string service, string environment, CancellationToken ct) => guard.CommandAsync(verb, service, environment, ct);

    public Task<WhyView> ReadWhyAsync(string service, string environment, int count, CancellationToken ct) => guard.ReadWhyAsync(service, environment, count, ct);

    public Task<LogPage> ReadLogsAsync(LogQuery query, CancellationToken ct) => guard.ReadLogsAsync(query, ct);

    public Task FollowLogsAsync(LogQuery query, Action<LogLineView> onLine, Action<string> onReconnecting, CancellationToken ct) =>
        guard.FollowLogsAsync(query, onLine, ct);

    public string? HowToFollow(Rollout rollout) => null;

    public ValueTask DisposeAsync()
    {
        foreach (var lease in leases)
            lease.Dispose();
        return ValueTask.CompletedTask;
    }

    // A rollout that waits for people is looked at again until they have signed, in another process.
    private async Task<Rollout> RunToEndAsync(Guid rollout, CancellationToken ct)
    {
        var runner = NewRunner();
        while (true)
        {
            var at = await runner.RunAsync(rollout, ct);
            if (at.IsFinal)
                return at;
            await Task.Delay(Look, clock, ct);
        }
    }

    private async Task<PendingApproval?> PendingAsync(Rollout rollout, CancellationToken ct)
    {
        if (rollout.Release is not { } id || await store.FindReleaseAsync(id, ct) is not { } release)
            return null;
        var previous = rollout.PreviousRelease is { } before ? await store.FindReleaseAsync(before, ct) : null;
        return PendingApproval.Of(rollout, release, previous, await store.ReadApprovalsAsync(rollout.Id, ct));
    }

    private RolloutRunner NewRunner() => RolloutRunner.ForGuard(paths, store, clock);

    private async Task<Release> PromotedAsync(string id, RolloutRequest request, CancellationToken ct)
    {
        await guard.EnsureAnswersAsync(ct);
        return await store.FindReleaseAsync(id, ct) is { } release && release.Service == request.Service && release.Environment != request.Environment
            ? release
            : throw new CommandFailedException(ExitCode.BadInput, $"{request.Service} has no release {id} in another environment than {request.Environment} that local mode has shipped");
    }

    private void TakeLease(RolloutRequest request)
    {
        var lease = store.TryTakeLease(request.Service, request.Environment, request.RequestedBy) ?? throw new CommandFailedException(
            ExitCode.Conflict, $"{request.Service} in {request.Environment} is being moved by another myapp --local on this machine");
        leases.Add(lease);
    }

    private async Task<Release> ChooseAsync(string service, RollbackRequest request, CancellationToken ct)
    {
        var current = await store.FindCurrentReleaseAsync(service, request.Environment, ct)
            ?? throw new CommandFailedException(ExitCode.BadInput, $"{service} has no release in {request.Environment} that local mode has shipped");
        var releases = await store.ListReleasesAsync(service, request.Environment, int.MaxValue, ct);
        var wanted = request.To ?? RollbackTarget.Of(current.Id, await store.ListAsync(ct));
        var chosen = releases.FirstOrDefault(r => r.Id == wanted);
        if (chosen is null)
            throw new CommandFailedException(ExitCode.BadInput, request.To is null
                ? $"there is no release of {service} in {request.Environment} before {current.Id}"
                : $"there is no release {request.To} of {service} in {request.Environment}; there are {string.Join(", ", releases.Select(r => r.Id))}");
        return chosen.Id == current.Id
            ? throw new CommandFailedException(ExitCode.BadInput, $"{chosen.Id} has the traffic already")
            : chosen;
    }
}
