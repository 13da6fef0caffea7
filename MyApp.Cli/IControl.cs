using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli;

/// <summary>
/// What the commands ask for; answered by the control plane, or in this process by the compiler and the guard of this machine
/// (<c>--local</c>). Every method throws <see cref="CommandFailedException"/>.
/// </summary>
internal interface IControl : IAsyncDisposable
{
    Task<ServiceList> ListServicesAsync(string environment, CancellationToken ct);

    Task<ServiceView> ReadServiceAsync(string service, string environment, CancellationToken ct);

    /// <summary>What stands where.</summary>
    /// <param name="service">Null: of every service.</param>
    /// <param name="environment">Null: in every environment.</param>
    Task<EnvironmentStandings> ReadEnvironmentsAsync(string? service, string? environment, CancellationToken ct);

    /// <summary>Hands over a source archive.</summary>
    /// <param name="sent">Told the bytes sent so far.</param>
    Task<SourceReceipt> AddSourceAsync(string archive, Action<long> sent, CancellationToken ct);

    /// <summary>Exit code 3 where somebody else holds the lease.</summary>
    Task<Rollout> StartRolloutAsync(RolloutRequest request, CancellationToken ct);

    Task<Rollout> RollBackAsync(string service, RollbackRequest request, CancellationToken ct);

    /// <summary>Tells the watcher every event of a rollout from its first, until it is final.</summary>
    Task<Rollout> FollowAsync(Rollout rollout, IRolloutWatcher watcher, CancellationToken ct);

    /// <summary>The rollout of a service that waits for signatures; null: none does.</summary>
    Task<RolloutView?> FindWaitingAsync(string service, string environment, CancellationToken ct);

    /// <summary>Hands over a signature. Exit code 2 where it does not count, 3 where it is not waited for any more.</summary>
    Task<ApprovalGate> ApproveAsync(Guid rollout, ApprovalRequest request, CancellationToken ct);

    Task CommandAsync(ServiceVerb verb, string service, string environment, CancellationToken ct);

    /// <summary>What its instances ended of, the last exit first.</summary>
    Task<WhyView> ReadWhyAsync(string service, string environment, int count, CancellationToken ct);

    Task<LogPage> ReadLogsAsync(LogQuery query, CancellationToken ct);

    /// <summary>Until cancelled.</summary>
    Task FollowLogsAsync(LogQuery query, Action<LogLineView> onLine, Action<string> onReconnecting, CancellationToken ct);

    /// <summary>What somebody who stopped following does to see how a rollout goes on; null where it does not go on.</summary>
    string? HowToFollow(Rollout rollout);
}
