using MyApp.Deployment.Builds;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Rollouts;

/// <summary>
/// Takes a rollout from whatever state is stored to a final one. May be killed anywhere and run again by another process. Two at once
/// do no harm: the store's compare-and-set lets one of them write.
/// </summary>
public sealed class RolloutRunner(
    IRolloutStore store, IDriver driver, ReleaseMaker maker, RolloutOptions options, TimeProvider clock, CandidateCheck? candidate = null)
{
    private readonly RolloutSteps steps = new(store, driver, maker, candidate, options, clock);

    /// <summary>Deploys to this machine's guard.</summary>
    /// <param name="secrets">Null: those of local mode, in the data folder.</param>
    /// <param name="remote">Reads what the config server keeps for a service in an environment; null: there is none.</param>
    /// <param name="build">Null: in this process.</param>
    public static RolloutRunner ForGuard(
        DataPaths paths, IRolloutStore store, TimeProvider clock, RolloutOptions? options = null, SecretVault? secrets = null, RemoteValues? remote = null,
        ShipBuild? build = null)
    {
        var ofUnits = new UnitSecrets(secrets ?? LocalSecrets.Of(paths, clock));
        ShipBuild here = (_, request, notes, ct) => new BuildPipeline(paths, clock).RunAsync(request, notes, ct);
        var builder = new ReleaseBuilder(paths, store, ofUnits, remote, build ?? here, clock);
        return new(store, new GuardDriver(paths, ofUnits), builder.MakeAsync, options ?? new(), clock, builder.CheckCandidateAsync);
    }

    /// <summary>
    /// Returns the rollout in its final state, or in <see cref="RolloutState.Waiting"/> while people have to sign it: then it is to be run
    /// again when somebody has, and from time to time, as it fails when nobody does. Cancelling <paramref name="ct"/> ends this runner, not the rollout. To cancel the rollout
    /// write <see cref="RolloutState.Cancelled"/> over it: the runner sees it after the step it is in, and cleans up.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The store has no such rollout.</exception>
    public async Task<Rollout> RunAsync(Guid rollout, CancellationToken ct)
    {
        var at = await FindAsync(rollout, ct);
        while (!at.IsFinal)
        {
            ct.ThrowIfCancellationRequested();
            var next = await AdvanceAsync(at, ct);
            if (next.Version == at.Version)
                return at;
            at = next;
        }

        if (at.State == RolloutState.Cancelled)
            await CleanUpAsync(at, ct);
        return at;
    }

    // As it was, where it can't go on for now.
    private async Task<Rollout> AdvanceAsync(Rollout at, CancellationToken ct)
    {
        var outcome = await RunStepAsync(at, ct);
        if (outcome.Signal is not { } signal)
            return at;
        var transition = RolloutStateMachine.Step(at.State, signal, FactsOf(outcome.Rollout))
            ?? throw new InvalidOperationException($"{signal} means nothing in {at.State}");
        if ((await FindAsync(at.Id, ct)) is var stored && stored.Version != at.Version)
            return stored;
        var undone = await PerformAsync(outcome.Rollout, transition.Actions, ct);
        var now = clock.GetUtcNow();
        var next = outcome.Rollout with { State = transition.Next, Version = at.Version + 1, UpdatedAt = now };
        List<RolloutEvent> events = [RolloutEvents.Completed(at, outcome.Note, now), .. undone, RolloutEvents.Entered(next, next.IsFinal ? next.Failure ?? "" : "", now)];
        return await store.TryAdvanceAsync(at, next, events, ct) ? next : await FindAsync(at.Id, ct);
    }

    private async Task<RolloutOutcome> RunStepAsync(Rollout at, CancellationToken ct)
    {
        try
        {
            return await steps.RunAsync(at, ct);
        }
        catch (Exception e) when (e is TargetFailedException or IOException or UnauthorizedAccessException)
        {
            return RolloutOutcome.Failed(at, at.Failure is null ? e.Message : $"{at.Failure}\n{e.Message}");
        }
    }

    // What can't be tidied up is told, and does not change how the rollout ended.
    private async Task<List<RolloutEvent>> PerformAsync(Rollout rollout, IReadOnlyList<RolloutAction> actions, CancellationToken ct)
    {
        var notes = new List<RolloutEvent>();
        foreach (var action in actions)
        {
            var release = action == RolloutAction.RemoveNew ? rollout.Release : rollout.PreviousRelease;
            if (release is null || (action == RolloutAction.RemoveNew && release == rollout.PreviousRelease))
                continue;
            try
            {
                await steps.RemoveAsync(rollout, release, ct);
            }
            catch (TargetFailedException e)
            {
                notes.Add(RolloutEvents.Note(rollout, $"{release} could not be removed: {e.Message}", clock.GetUtcNow()));
            }
        }

        return notes;
    }

    // Cancelled from outside, perhaps in the middle of a step. Whatever of it reached the target is undone; again, if need be.
    private async Task CleanUpAsync(Rollout rollout, CancellationToken ct)
    {
        // A refresh brings no release to the target.
        if (rollout.Release is not { } release || release == rollout.PreviousRelease || rollout.Kind == RolloutKind.Refresh)
            return;
        if (await steps.ReadAsync(rollout, release, ct) is not { } status)
            return;
        // Cancelled before it began, and the release it was to move to has the traffic anyway.
        if (status.Current && rollout is { Kind: RolloutKind.Rollback, PreviousRelease: null })
            return;
        if (status.Current && rollout.PreviousRelease is { } before && await store.FindReleaseAsync(before, ct) is { } previous)
            await steps.RestorePreviousAsync(rollout, previous, ct);
        await steps.RemoveAsync(rollout, release, ct);
    }

    private static RolloutFacts FactsOf(Rollout rollout) =>
        new(rollout.Kind, rollout.PreviousRelease is { } previous && previous != rollout.Release);

    private async Task<Rollout> FindAsync(Guid rollout, CancellationToken ct) =>
        await store.FindAsync(rollout, ct) ?? throw new KeyNotFoundException($"no rollout {rollout}");
}
