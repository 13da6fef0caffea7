using System.Globalization;
using System.Text.Json;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Rollouts;

/// <summary>
/// Rollouts, releases and events as files, for local mode. A rollout and its events share a file, so that both change in one rename;
/// every write holds a lock that other processes see.
/// </summary>
public sealed class FileRolloutStore(string folder) : IRolloutStore
{
    private readonly StoreLock gate = new(folder);

    public Task<Rollout?> FindAsync(Guid rollout, CancellationToken ct) => Task.FromResult(Read(rollout)?.Rollout);

    /// <summary>Every event of a rollout, oldest first.</summary>
    public Task<IReadOnlyList<RolloutEvent>> EventsAsync(Guid rollout, CancellationToken ct) => Task.FromResult(Read(rollout)?.Events ?? []);

    /// <summary>Stores a new rollout. Its first event says that it is pending.</summary>
    public async Task AddAsync(Rollout rollout, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        Write(new(rollout, Number([RolloutEvents.Entered(rollout, "", rollout.CreatedAt)])));
    }

    /// <summary>Every rollout, newest first.</summary>
    public Task<IReadOnlyList<Rollout>> ListAsync(CancellationToken ct)
    {
        var found = Files("rollouts").Select(path => Parse(path, RolloutStoreJson.Default.RolloutView)!.Rollout);
        return Task.FromResult<IReadOnlyList<Rollout>>([.. found.OrderByDescending(rollout => rollout.CreatedAt)]);
    }

    /// <summary>Null where another process of this machine is moving the service; it is freed when that process ends, however.</summary>
    public IDisposable? TryTakeLease(string service, string environment, string holder) => gate.TryTakeLease($"{service}.{environment}", holder);

    public async Task<bool> TryAdvanceAsync(Rollout current, Rollout next, IReadOnlyList<RolloutEvent> events, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        if (Read(current.Id) is not { } stored || stored.Rollout.Version != current.Version)
            return false;
        Write(new(next, [.. stored.Events, .. Number(events)]));
        return true;
    }

    public async Task AppendAsync(IReadOnlyList<RolloutEvent> events, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        foreach (var group in events.GroupBy(e => e.Rollout))
        {
            var stored = Read(group.Key) ?? throw new KeyNotFoundException($"no rollout {group.Key}");
            Write(stored with { Events = [.. stored.Events, .. Number([.. group])] });
        }
    }

    public async Task<Release> AddReleaseAsync(Rollout rollout, Func<ReleaseNumber, Release> make, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        var stored = Releases(rollout.Service, rollout.Environment).ToList();
        if (stored.FirstOrDefault(each => each.Rollout == rollout.Id) is { } before)
            return before.Release;
        var number = stored.Select(each => each.Release.Number).DefaultIfEmpty(0).Max() + 1;
        var release = make(new($"{rollout.Service}-{rollout.Environment}-{number.ToString(CultureInfo.InvariantCulture)}", number));
        WriteText(PathOf("releases", release.Id + ".json"), JsonSerializer.Serialize(new StoredRelease(rollout.Id, release), RolloutStoreJson.Default.StoredRelease));
        return release;
    }

    public Task<IReadOnlyList<Approval>> ReadApprovalsAsync(Guid rollout, CancellationToken ct)
    {
        var path = PathOf("approvals", rollout.ToString("N") + ".json");
        return Task.FromResult(File.Exists(path) ? Parse(path, RolloutStoreJson.Default.IReadOnlyListApproval)! : []);
    }

    /// <summary>Keeps a signature; a second one of the same key changes nothing.</summary>
    public async Task AddApprovalAsync(Approval approval, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        var before = await ReadApprovalsAsync(approval.Rollout, ct);
        if (before.All(each => each.Key != approval.Key))
            WriteText(PathOf("approvals", approval.Rollout.ToString("N") + ".json"), JsonSerializer.Serialize([.. before, approval], RolloutStoreJson.Default.IReadOnlyListApproval));
    }

    public Task<Release?> FindReleaseAsync(string release, CancellationToken ct)
    {
        var path = PathOf("releases", Path.GetFileName(release) + ".json");
        return Task.FromResult(File.Exists(path) ? Parse(path, RolloutStoreJson.Default.StoredRelease)?.Release : null);
    }

    public async Task<Release?> FindCurrentReleaseAsync(string service, string environment, CancellationToken ct)
    {
        var path = PathOf("current", $"{service}.{environment}");
        return File.Exists(path) ? await FindReleaseAsync(await File.ReadAllTextAsync(path, ct), ct) : null;
    }

    public async Task SetCurrentReleaseAsync(Rollout rollout, string release, CancellationToken ct)
    {
        using var held = await gate.TakeAsync(ct);
        WriteText(PathOf("current", $"{rollout.Service}.{rollout.Environment}"), release);
    }

    public Task<IReadOnlyList<Release>> ListReleasesAsync(string service, string environment, int most, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Release>>([.. Releases(service, environment).Select(each => each.Release).OrderByDescending(release => release.Number).Take(most)]);

    private IEnumerable<StoredRelease> Releases(string service, string environment) =>
        Files("releases").Select(path => Parse(path, RolloutStoreJson.Default.StoredRelease)!)
            .Where(each => each.Release.Service == service && each.Release.Environment == environment);

    private RolloutView? Read(Guid rollout)
    {
        var path = PathOf("rollouts", rollout.ToString("N") + ".json");
        return File.Exists(path) ? Parse(path, RolloutStoreJson.Default.RolloutView) : null;
    }

    private void Write(RolloutView view) =>
        WriteText(PathOf("rollouts", view.Rollout.Id.ToString("N") + ".json"), JsonSerializer.Serialize(view, RolloutStoreJson.Default.RolloutView));

    // A number is never given twice; one that was counted and not used leaves a gap, which nobody minds.
    private List<RolloutEvent> Number(IReadOnlyList<RolloutEvent> events)
    {
        var path = PathOf("", "sequence");
        var last = File.Exists(path) ? long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture) : 0;
        WriteText(path, (last + events.Count).ToString(CultureInfo.InvariantCulture));
        return [.. events.Select((e, i) => e with { Sequence = last + i + 1 })];
    }

    private IEnumerable<string> Files(string kind) =>
        Directory.Exists(Path.Combine(folder, kind)) ? Directory.EnumerateFiles(Path.Combine(folder, kind), "*.json").Where(path => Path.GetFileName(path)[0] != '.') : [];

    private string PathOf(string kind, string name) => Path.Combine(folder, kind, name);

    private static T? Parse<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(File.ReadAllText(path), type);

    private static void WriteText(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteAllText(path, text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
