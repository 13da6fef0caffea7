using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Control;

namespace MyApp.Tests.Deployment.Rollouts;

/// <summary>A target in memory, which can be told how releases behave, to be away, and to end its caller at a given call.</summary>
internal sealed class FakeTarget : IDriver
{
    private readonly Dictionary<string, UnitStatus> units = new(StringComparer.Ordinal);

    /// <summary>Every call in order, e.g. <c>start orders-dev-2</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>How an instance of a release looks after it is started; default: ready.</summary>
    public Dictionary<string, Func<InstanceStatus>> Behaviour { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<Diagnostic> Found { get; set; } = [];

    /// <summary>Why values that are given are taken back; null: they are not.</summary>
    public string? RefreshProblem { get; set; }

    /// <summary>Called before each call with its text; may throw.</summary>
    public Action<string> Before { get; set; } = _ => { };

    public string? Current => units.Values.FirstOrDefault(unit => unit.Current)?.Release;

    public IReadOnlyCollection<string> Running => [.. units.Keys.Order(StringComparer.Ordinal)];

    public Task<IReadOnlyList<Diagnostic>> CheckAsync(Release release, CancellationToken ct)
    {
        Note($"check {release.Id}");
        return Task.FromResult(Found);
    }

    public Task PlaceAsync(Release release, CancellationToken ct)
    {
        Note($"place {release.Id}");
        return Task.CompletedTask;
    }

    public Task StartAsync(Release release, CancellationToken ct)
    {
        Note($"start {release.Id}");
        units.TryAdd(release.Id, new() { Service = release.Service, Environment = release.Environment, Release = release.Id });
        return Task.CompletedTask;
    }

    public Task<UnitStatus?> ReadAsync(string service, string environment, string release, CancellationToken ct)
    {
        Before($"read {release}");
        return Task.FromResult(units.TryGetValue(release, out var unit) ? unit with { Instances = [Look(release)] } : null);
    }

    public Task RefreshAsync(Release release, string revision, CancellationToken ct)
    {
        Note($"refresh {release.Id}");
        units[release.Id] = units[release.Id] with { Values = RefreshProblem is { } problem ? new() { Asked = revision, Problem = problem } : new() { Revision = revision } };
        return Task.CompletedTask;
    }

    public Task SwitchAsync(Release release, CancellationToken ct)
    {
        Note($"switch {release.Id}");
        foreach (var id in units.Keys.ToList())
            units[id] = units[id] with { Current = id == release.Id };
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string service, string environment, string release, CancellationToken ct)
    {
        Note($"remove {release}");
        units.Remove(release);
        return Task.CompletedTask;
    }

    public static InstanceStatus Instance(string release, InstanceState state) => new() { Id = release + ".0", State = state, Ready = state == InstanceState.Ready };

    private InstanceStatus Look(string release) => Behaviour.TryGetValue(release, out var look) ? look() : Instance(release, InstanceState.Ready);

    private void Note(string call)
    {
        Before(call);
        Calls.Add(call);
    }
}
