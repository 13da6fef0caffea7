using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Api;

/// <summary>Runs a rollout without building or deploying anything: the record alone is what these tests are about.</summary>
internal static class FakeRun
{
    private static readonly RolloutState[] Path =
    [
        RolloutState.Building, RolloutState.Preflight, RolloutState.Placing, RolloutState.Waiting, RolloutState.Starting,
        RolloutState.Verifying, RolloutState.Switching, RolloutState.Baking, RolloutState.Succeeded,
    ];

    /// <param name="make">Makes its release; null: <see cref="Release"/>.</param>
    public static async Task ToSuccessAsync(Guid id, IRolloutStore store, Func<Rollout, ReleaseNumber, Release>? make, CancellationToken ct)
    {
        var rollout = await store.FindAsync(id, ct) ?? throw new InvalidOperationException($"no rollout {id}");
        foreach (var state in Path.Where(s => s > rollout.State))
        {
            if (state == RolloutState.Preflight && rollout.Release is null)
                rollout = rollout with
                {
                    PreviousRelease = (await store.FindCurrentReleaseAsync(rollout.Service, rollout.Environment, ct))?.Id,
                    Release = (await store.AddReleaseAsync(rollout, n => (make ?? Release)(rollout, n), ct)).Id,
                };
            if (state == RolloutState.Baking)
                await store.SetCurrentReleaseAsync(rollout, rollout.Release!, ct);
            var next = Next(rollout, state);
            if (!await store.TryAdvanceAsync(rollout, next, [Event(rollout, RolloutEventKind.Completed), Event(next, RolloutEventKind.Entered)], ct))
                return;
            rollout = next;
        }
    }

    public static Task ToSuccessAsync(Guid id, IRolloutStore store, CancellationToken ct) => ToSuccessAsync(id, store, null, ct);

    public static Rollout Next(Rollout current, RolloutState state) =>
        current with { State = state, Version = current.Version + 1, UpdatedAt = TimeProvider.System.GetUtcNow() };

    public static RolloutEvent Event(Rollout rollout, RolloutEventKind kind, string message = "") => new()
    {
        Rollout = rollout.Id,
        Service = rollout.Service,
        Environment = rollout.Environment,
        Kind = kind,
        State = rollout.State,
        Time = TimeProvider.System.GetUtcNow(),
        Duration = kind == RolloutEventKind.Completed ? TimeSpan.FromMilliseconds(12.5) : null,
        Message = message,
    };

    public static Release Release(Rollout rollout, ReleaseNumber number) => new()
    {
        Id = number.Id,
        Service = rollout.Service,
        Environment = rollout.Environment,
        Number = number.Number,
        Artifact = $"sha256:{new string('a', 64)}",
        ArtifactBytes = 1234,
        Source = rollout.Source,
        Vcs = rollout.Vcs,
        Unit = new Unit
        {
            Service = rollout.Service,
            Environment = rollout.Environment,
            Release = number.Id,
            Executable = "/opt/orders",
            Args = ["--name", "a b\"c"],
            Ports = [new UnitPort("http", 8080)],
        },
        CreatedAt = TimeProvider.System.GetUtcNow(),
        CreatedBy = rollout.RequestedBy,
    };
}
