using System.Threading.Channels;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Control;

namespace MyApp.Deployment.Rollouts;

/// <summary>
/// The work of each state. A process may die anywhere in here and another begin the same state again, so each looks at the world
/// first and changes only what is not yet so.
/// </summary>
internal sealed class RolloutSteps(
    IRolloutStore store, IDriver driver, ReleaseMaker maker, CandidateCheck? candidate, RolloutOptions options, TimeProvider clock)
{
    private static readonly TimeSpan SwitchPatience = TimeSpan.FromSeconds(10);
    private readonly TargetAccess target = new(options, clock);
    private readonly RefreshSteps refresh = new(driver, maker, options, clock);

    public Task<RolloutOutcome> RunAsync(Rollout rollout, CancellationToken ct) => rollout.State switch
    {
        RolloutState.Pending => BeginAsync(rollout, ct),
        RolloutState.Building => BuildAsync(rollout, ct),
        RolloutState.Preflight when rollout.Kind == RolloutKind.Refresh => WithReleaseAsync(rollout, CheckRefreshAsync, ct),
        RolloutState.Preflight => WithReleaseAsync(rollout, CheckAsync, ct),
        RolloutState.Placing => WithReleaseAsync(rollout, PlaceAsync, ct),
        RolloutState.Waiting => WithReleaseAsync(rollout, AwaitPeopleAsync, ct),
        RolloutState.Starting => WithReleaseAsync(rollout, StartAsync, ct),
        RolloutState.Verifying => WithReleaseAsync(rollout, VerifyAsync, ct),
        RolloutState.Switching => WithReleaseAsync(rollout, SwitchAsync, ct),
        RolloutState.Refreshing => WithReleaseAsync(rollout, refresh.RunAsync, ct),
        RolloutState.Baking => WithReleaseAsync(rollout, BakeAsync, ct),
        RolloutState.RollingBack => RollBackAsync(rollout, ct),
        var final => throw new InvalidOperationException($"a rollout that is {final} has nothing left to do"),
    };

    public Task RemoveAsync(Rollout rollout, string release, CancellationToken ct) =>
        target.TellAsync(() => driver.RemoveAsync(rollout.Service, rollout.Environment, release, ct), ct);

    public Task<UnitStatus?> ReadAsync(Rollout rollout, string release, CancellationToken ct) =>
        target.AskAsync(() => driver.ReadAsync(rollout.Service, rollout.Environment, release, ct), ct);

    /// <summary>Sends the traffic back to the release that had it before.</summary>
    public async Task RestorePreviousAsync(Rollout rollout, Release previous, CancellationToken ct)
    {
        await target.TellAsync(() => driver.PlaceAsync(previous, ct), ct);
        await target.TellAsync(() => driver.StartAsync(previous, ct), ct);
        await SwitchToAsync(rollout, previous, ct);
    }

    private async Task<RolloutOutcome> BeginAsync(Rollout rollout, CancellationToken ct)
    {
        var current = await store.FindCurrentReleaseAsync(rollout.Service, rollout.Environment, ct);
        return RolloutOutcome.Done(rollout with { PreviousRelease = current?.Id }, current is null ? "the first release" : $"{current.Id} has the traffic");
    }

    private async Task<RolloutOutcome> BuildAsync(Rollout rollout, CancellationToken ct)
    {
        var notes = new BuildNotes();
        var telling = TellAsync(rollout, notes, ct);
        ReleaseDraft draft;
        try
        {
            draft = await maker(rollout, notes, ct);
        }
        finally
        {
            notes.End();
            await telling;
        }

        if (draft is ReleaseDraft.Refused refused)
            return RolloutOutcome.Failed(rollout, refused.Reason);
        var made = (ReleaseDraft.Made)draft;
        await NoteAsync(rollout, made.Warnings, ct);
        var release = await store.AddReleaseAsync(rollout, made.Make, ct);
        return RolloutOutcome.Done(rollout with { Release = release.Id }, $"{release.Id}, {Bytes.Text(release.ArtifactBytes)}");
    }

    private async Task<RolloutOutcome> CheckAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var found = await target.AskAsync(() => driver.CheckAsync(release, ct), ct);
        await NoteAsync(rollout, found.Where(diagnostic => diagnostic.Severity != Severity.Error).Select(DiagnosticText.Line), ct);
        var errors = found.Where(diagnostic => diagnostic.Severity == Severity.Error).Select(DiagnosticText.Line).ToList();
        return errors.Count == 0 ? RolloutOutcome.Done(rollout) : RolloutOutcome.Failed(rollout, $"preflight found problems\n{string.Join('\n', errors)}");
    }

    private async Task<RolloutOutcome> CheckRefreshAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var (wanted, refusal) = await refresh.MakeAsync(rollout, release, ct);
        return wanted is null ? RolloutOutcome.Failed(rollout, refusal!) : await CheckAsync(rollout, wanted, ct);
    }

    private async Task<RolloutOutcome> PlaceAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        await target.TellAsync(() => driver.PlaceAsync(release, ct), ct);
        return await GateAsync(rollout, release, ct) is { IsOpen: false } gate
            ? RolloutOutcome.Done(rollout, $"{gate}: myapp approve {rollout.Service} --env {rollout.Environment}")
            : RolloutOutcome.Done(rollout);
    }

    private async Task<RolloutOutcome> AwaitPeopleAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var gate = await GateAsync(rollout, release, ct);
        if (gate.IsOpen)
            return RolloutOutcome.Done(rollout, gate.Needs.Count == 0 ? "nothing to wait for" : $"approved by {string.Join(", ", gate.Needs.SelectMany(need => need.Given).Distinct(StringComparer.Ordinal))}");
        return clock.GetUtcNow() - rollout.UpdatedAt > options.ApprovalPatience
            ? RolloutOutcome.Failed(rollout, $"it was not approved within {options.ApprovalPatience.TotalHours:0} h: {gate}")
            : RolloutOutcome.Parked(rollout);
    }

    private async Task<ApprovalGate> GateAsync(Rollout rollout, Release release, CancellationToken ct) => ApprovalGate.For(
        rollout, release, rollout.PreviousRelease is { } previous ? await store.FindReleaseAsync(previous, ct) : null, await store.ReadApprovalsAsync(rollout.Id, ct));

    private async Task<RolloutOutcome> StartAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        await target.TellAsync(() => driver.StartAsync(release, ct), ct);
        return RolloutOutcome.Done(rollout);
    }

    private async Task<RolloutOutcome> VerifyAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (!await SupersededAsync(rollout, ct))
        {
            if (await ReadAsync(rollout, release.Id, ct) is not { } status)
                // Removed by a runner that died before it could write the failure, or by a person: start it, and judge it by what it does.
                await target.TellAsync(() => driver.StartAsync(release, ct), ct);
            else if (HealthGate.Verify(release.Unit, status, clock.GetElapsedTime(began), options.VerifyMargin) is var verdict and not HealthVerdict.NotYet)
                return verdict is HealthVerdict.Failed failed ? RolloutOutcome.Failed(rollout, failed.Reason) : await AskCandidateAsync(rollout, status, ct);
            await Task.Delay(options.Poll, clock, ct);
        }

        return RolloutOutcome.Done(rollout);
    }

    // A release that is gone back to was asked when it was new.
    private async Task<RolloutOutcome> AskCandidateAsync(Rollout rollout, UnitStatus status, CancellationToken ct)
    {
        if (candidate is null || rollout.Kind == RolloutKind.Rollback)
            return RolloutOutcome.Done(rollout, "ready");
        var findings = await candidate(rollout, status, ct);
        await NoteAsync(rollout, findings.Where(finding => finding.Level == Severity.Warning).Select(finding => finding.ToLine()), ct);
        var errors = findings.Where(finding => finding.Level == Severity.Error).Select(finding => finding.ToLine()).ToList();
        return errors.Count == 0 ? RolloutOutcome.Done(rollout, "ready") : RolloutOutcome.Failed(rollout, $"it must not get traffic as it is\n{string.Join('\n', errors)}");
    }

    private async Task<RolloutOutcome> SwitchAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        await SwitchToAsync(rollout, release, ct);
        return RolloutOutcome.Done(rollout, $"read back: {release.Id} has the traffic");
    }

    private async Task<RolloutOutcome> BakeAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        int? restarts = null;
        HealthVerdict verdict;
        do
        {
            if (await ReadAsync(rollout, release.Id, ct) is not { Current: true } status)
                return RolloutOutcome.Failed(rollout, $"{release.Id} lost the traffic while it was watched");
            restarts ??= status.Instances.Sum(instance => instance.Restarts);
            verdict = HealthGate.Bake(release.Unit, status, restarts.Value);
            if (verdict is HealthVerdict.Failed failed)
                return RolloutOutcome.Failed(rollout, failed.Reason);
            await Task.Delay(options.Poll, clock, ct);
        }
        while (clock.GetElapsedTime(began) < options.Bake || (verdict is HealthVerdict.NotYet && clock.GetElapsedTime(began) < options.Bake * 2));

        return verdict is HealthVerdict.Ready ? RolloutOutcome.Done(rollout) : RolloutOutcome.Failed(rollout, $"{release.Id} did not stay ready after it got the traffic");
    }

    private async Task<RolloutOutcome> RollBackAsync(Rollout rollout, CancellationToken ct)
    {
        if (await store.FindReleaseAsync(rollout.PreviousRelease!, ct) is not { } previous)
            return RolloutOutcome.Failed(rollout, $"{rollout.Failure}\n{rollout.PreviousRelease} is not in the store, so the traffic could not go back to it");
        await RestorePreviousAsync(rollout, previous, ct);
        return RolloutOutcome.Done(rollout, $"read back: {previous.Id} has the traffic again");
    }

    private async Task SwitchToAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        await target.TellAsync(() => driver.SwitchAsync(release, ct), ct);
        while (await ReadAsync(rollout, release.Id, ct) is not { Current: true })
        {
            if (clock.GetElapsedTime(began) > SwitchPatience)
                throw new TargetFailedException($"the guard was told to send the traffic to {release.Id} and did not", new TimeoutException());
            await Task.Delay(options.Poll, clock, ct);
        }

        await store.SetCurrentReleaseAsync(rollout, release.Id, ct);
    }

    private async Task<RolloutOutcome> WithReleaseAsync(Rollout rollout, Func<Rollout, Release, CancellationToken, Task<RolloutOutcome>> step, CancellationToken ct) =>
        rollout.Release is { } id && await store.FindReleaseAsync(id, ct) is { } release
            ? await step(rollout, release, ct)
            : RolloutOutcome.Failed(rollout, $"the release {rollout.Release ?? "of this rollout"} is not in the store");

    // Cancelled, or taken over by another runner: either way what this one finds out no longer counts.
    private async Task<bool> SupersededAsync(Rollout rollout, CancellationToken ct) => (await store.FindAsync(rollout.Id, ct))?.Version != rollout.Version;

    private async Task NoteAsync(Rollout rollout, IEnumerable<string> messages, CancellationToken ct)
    {
        var events = messages.Select(message => RolloutEvents.Note(rollout, message, clock.GetUtcNow())).ToList();
        if (events.Count > 0)
            await store.AppendAsync(events, ct);
    }

    private async Task TellAsync(Rollout rollout, BuildNotes notes, CancellationToken ct)
    {
        await foreach (var note in notes.ReadAsync(ct))
            await NoteAsync(rollout, [note.ToString()], ct);
    }

    // A build tells its steps without waiting; the store is written to in their order meanwhile.
    private sealed class BuildNotes : IProgress<BuildNote>
    {
        private readonly Channel<BuildNote> channel = Channel.CreateUnbounded<BuildNote>();

        public void Report(BuildNote value) => channel.Writer.TryWrite(value);

        public void End() => channel.Writer.TryComplete();

        public IAsyncEnumerable<BuildNote> ReadAsync(CancellationToken ct) => channel.Reader.ReadAllAsync(ct);
    }
}
