using MyApp.Guard.Fleet;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Serve;

/// <summary>
/// Makes the guard run what the folder of units says: what is wrong anywhere, and nothing changes; else what differs does, and only that.
/// Units that clients have declared are theirs.
/// </summary>
internal sealed class UnitReload(UnitFolder folder, UnitFleet fleet, GuardContext context) : IDisposable
{
    // Beyond the startup probe's budget: for readiness, which has none.
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <param name="dryRun">Only say what would be done.</param>
    public async Task<ReloadReport> RunAsync(bool dryRun, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var (units, problems) = folder.Read();
            var running = fleet.Services.SelectMany(s => s.Units).ToList();
            problems = [.. problems, .. Foreign(units, [.. running.Where(u => !u.Record.FromFile).Select(u => u.Unit)])];
            if (problems.Count > 0)
                return new ReloadReport([], problems);
            var changes = UnitDiff.Between([.. running.Where(u => u.Record.FromFile).GroupBy(u => UnitKey.Of(u.Unit).Service).Select(Newest)], units);
            return new ReloadReport(dryRun ? [.. changes.Select(c => Told(c, null))] : await ApplyAllAsync(changes), []);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    // A reload that was cut short leaves two releases of a service; the one in service is compared, and the change made again.
    private static Unit Newest(IEnumerable<UnitRuntime> releases) => releases.OrderByDescending(u => u.Record.Current).First().Unit;

    private static IEnumerable<string> Foreign(IEnumerable<Unit> units, IReadOnlyList<Unit> declared) =>
        from unit in units
        let theirs = declared.FirstOrDefault(d => d.Service == unit.Service && d.Environment == unit.Environment)
        where theirs is not null
        select $"{unit.Service} in {unit.Environment} has a release that a client declared ({theirs.Release}); remove that or the file";

    // What goes may make room, of a port, for what comes. Once begun a reload goes on to its end.
    private async Task<IReadOnlyList<ReloadChange>> ApplyAllAsync(IReadOnlyList<UnitChange> changes)
    {
        var gone = changes.Where(c => c.Kind == UnitChangeKind.Removed).ToList();
        var removed = await Task.WhenAll(gone.Select(ApplyAsync));
        return [.. await Task.WhenAll(changes.Except(gone).Select(ApplyAsync)), .. removed];
    }

    private async Task<ReloadChange> ApplyAsync(UnitChange change)
    {
        try
        {
            return Told(change, change switch
            {
                { Kind: UnitChangeKind.Removed } => await RemoveAsync(change.Before!),
                { Kind: UnitChangeKind.Added } => await AddAsync(change.After!),
                _ when CanRunBeside(change.After!) => await ReplaceAsync(change.After!),
                _ => await RemoveAsync(change.Before!) ?? await AddAsync(change.After!),
            });
        }
        catch (Exception e) when (e is GuardException or IOException)
        {
            return Told(change, e.Message);
        }
    }

    private async Task<string?> AddAsync(Unit unit)
    {
        await fleet.ApplyAsync(unit, CancellationToken.None, fromFile: true);
        await fleet.SwitchAsync(UnitKey.Of(unit).Service, unit.Release, CancellationToken.None);
        return null;
    }

    // All releases that came from files, also those of a reload that was cut short.
    private async Task<string?> RemoveAsync(Unit unit, string? butRelease = null)
    {
        var service = UnitKey.Of(unit).Service;
        var releases = fleet.Services.Where(s => s.Key == service).SelectMany(s => s.Units).Where(u => u.Record.FromFile && u.Unit.Release != butRelease);
        foreach (var release in releases.Select(u => u.Unit.Release).ToList())
            await fleet.RemoveAsync(service, release, CancellationToken.None);
        return null;
    }

    // The old one serves until the new one can, and goes on where that can't.
    private async Task<string?> ReplaceAsync(Unit unit)
    {
        await fleet.ApplyAsync(unit, CancellationToken.None, fromFile: true);
        if (await UntilReadyAsync(unit) is { } failure)
        {
            await fleet.RemoveAsync(UnitKey.Of(unit).Service, unit.Release, CancellationToken.None);
            return $"{failure}; the one before goes on";
        }

        await fleet.SwitchAsync(UnitKey.Of(unit).Service, unit.Release, CancellationToken.None);
        return await RemoveAsync(unit, butRelease: unit.Release);
    }

    private static bool CanRunBeside(Unit unit) => unit.Socket != SocketMode.None && unit.Job is null && unit.OnDemand is null;

    /// <returns>Why it did not get ready; null: it is.</returns>
    private async Task<string?> UntilReadyAsync(Unit unit)
    {
        using var patience = new CancellationTokenSource((unit.Startup?.Budget ?? TimeSpan.Zero) + ReadyPatience, context.Clock);
        var watcher = context.Changes.Watch();
        try
        {
            while (true)
            {
                var instances = fleet.Status(UnitKey.Of(unit))?.Instances ?? [];
                if (instances.Count > 0 && instances.All(i => i.Ready))
                    return null;
                if (instances.FirstOrDefault(i => i.State is InstanceState.Failed or InstanceState.CrashLoop or InstanceState.Stopped) is { } ended)
                    return $"it did not get ready: {ended.LastExit}";
                await watcher.NextAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return $"it did not get ready in time: {fleet.Status(UnitKey.Of(unit))?.Instances.FirstOrDefault(i => !i.Ready)?.LastProbe}";
        }
        finally
        {
            context.Changes.Unwatch(watcher);
        }
    }

    private static ReloadChange Told(UnitChange change, string? failure)
    {
        var unit = change.After ?? change.Before!;
        return new ReloadChange(change.Kind.ToString().ToLowerInvariant(), unit.Service, unit.Environment, [.. change.Fields.Select(f => f.ToString())], failure);
    }
}
