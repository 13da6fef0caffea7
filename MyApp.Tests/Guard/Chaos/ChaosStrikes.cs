using System.Diagnostics;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Chaos;

/// <summary>What is done to the fleet, one after the other, chosen at random.</summary>
internal sealed class ChaosStrikes(GuardProcess guard, ChaosFleet fleet, ChaosPromises promises, Random random)
{
    private readonly SortedDictionary<string, int> done = new(StringComparer.Ordinal);

    public async Task GoOnAsync(TimeSpan time, CancellationToken ct)
    {
        (string Name, Func<CancellationToken, Task> Strike)[] all =
        [
            ("guard killed", KillGuardAsync), ("guard killed", KillGuardAsync),
            ("guard and others killed", KillGuardAndOthersAsync),
            ("guard killed, its keeper not", KillKeptGuardAsync), ("guard killed, its keeper not", KillKeptGuardAsync),
            ("instance killed", _ => KillAsync(p => IsLeader(p) && !IsLogger(p))),
            ("child or probe killed", _ => KillAsync(p => !IsLeader(p) && !IsLogger(p))),
            ("child or probe killed", _ => KillAsync(p => !IsLeader(p) && !IsLogger(p))),
            ("logger killed", KillLoggerAsync),
            ("readiness flipped", FlipReadinessAsync),
            ("restarted by request", RestartAsync),
            ("guard ended", EndGuardAsync),
        ];
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < time;)
        {
            var (name, strike) = all[random.Next(all.Length)];
            await strike(ct);
            done[name] = done.GetValueOrDefault(name) + 1;
            await promises.LookAsync(ct);
            await PauseAsync(300, ct);
        }

        File.Delete(guard.UnreadyFile(1));
    }

    public override string ToString() => string.Join(", ", done.Select(d => $"{d.Key} {d.Value}×"));

    private async Task KillGuardAsync(CancellationToken ct)
    {
        await guard.CrashAsync(ct);
        await PauseAsync(400, ct);
        await guard.StartAgainAsync(ct);
    }

    private async Task KillGuardAndOthersAsync(CancellationToken ct)
    {
        var before = random.Next(2) == 0;
        if (before)
            await KillAsync(p => !IsLogger(p));
        await guard.CrashAsync(ct);
        if (!before)
            await KillAsync(p => !IsLogger(p));
        await KillAsync(p => !IsLogger(p));
        await guard.StartAgainAsync(ct);
    }

    // A keeper holds what loggers have written, so they may die as well.
    private async Task KillKeptGuardAsync(CancellationToken ct)
    {
        if (!guard.IsKept)
            return;
        if (random.Next(2) == 0)
            await KillAsync(_ => true);
        var again = guard.KillAsync(ct);
        await KillAsync(_ => true);
        await again;
    }

    private async Task EndGuardAsync(CancellationToken ct)
    {
        Assert.Equal(0, await guard.EndAsync(ct));
        await guard.StartAgainAsync(ct);
    }

    private Task KillAsync(Func<MarkedProcess, bool> among)
    {
        var victims = fleet.Processes().Where(among).ToList();
        if (victims.Count > 0)
            Kill(victims[random.Next(victims.Count)]);
        return Task.CompletedTask;
    }

    // What an ended program left in its pipe can only be read by a guard that is there, so this one has to be until it has noticed.
    private async Task KillLoggerAsync(CancellationToken ct)
    {
        var victims = fleet.Processes().Where(IsLogger).ToList();
        if (victims.Count == 0)
            return;
        var victim = victims[random.Next(victims.Count)];
        Kill(victim);
        await WaitForOthersAsync([victim], ct);
    }

    private Task WaitForOthersAsync(IReadOnlyList<MarkedProcess> gone, CancellationToken ct) => Eventually.TrueAsync(
        async () => (await promises.InstancesAsync(ct)).All(i => gone.Where(g => g.Instance == i.Id).All(g => i.Pid is { } pid && pid != g.Stat.Pid)),
        $"{string.Join(", ", gone)} are restarted\n{guard.Journal}", TestService.Patience, ct);

    private Task FlipReadinessAsync(CancellationToken ct)
    {
        var file = guard.UnreadyFile(1);
        if (File.Exists(file))
            File.Delete(file);
        else
            File.WriteAllBytes(file, []);
        return Task.CompletedTask;
    }

    private async Task RestartAsync(CancellationToken ct)
    {
        var unit = fleet.Units[random.Next(fleet.Units.Count)];
        var before = fleet.Processes().Where(p => IsLogger(p) && p.Instance.StartsWith(unit.Release, StringComparison.Ordinal)).ToList();
        await guard.Client.RestartAsync(unit.Service, unit.Environment, ct);
        await WaitForOthersAsync(before, ct);
    }

    private Task PauseAsync(int most, CancellationToken ct) => Task.Delay(TimeSpan.FromMilliseconds(random.Next(most)), TimeProvider.System, ct);

    private static void Kill(MarkedProcess victim)
    {
        if (victim.Stat.StillRuns)
            Signals.TrySend(victim.Stat.Pid, Signals.Kill);
    }

    private static bool IsLeader(MarkedProcess process) => process.Stat.Pid == process.Stat.Session && ChaosPromises.IsProgram(process);

    private static bool IsLogger(MarkedProcess process) => ChaosFleet.IsLogger(process.Instance);
}
