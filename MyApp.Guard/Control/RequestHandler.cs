using System.Runtime.CompilerServices;
using MyApp.Guard.Fleet;
using MyApp.Guard.Logs;
using MyApp.Guard.Metrics;
using MyApp.Guard.Serve;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Control;

/// <summary>What each operation of the protocol does; see docs/guard-protocol.md.</summary>
internal sealed class RequestHandler(UnitFleet fleet, GuardContext context, GuardDuties duties, DateTimeOffset since)
{
    private const int DefaultTail = 100;
    private const int MaxTail = 100_000;
    private const int LongestRevision = 100;

    public static bool IsStream(GuardRequest request) => request.Op is "logs" or "watch" or "why";

    /// <exception cref="GuardException">The client means a protocol that is not spoken here.</exception>
    public static void CheckProtocol(GuardRequest request)
    {
        if (request.Protocol is < GuardHello.Oldest or > GuardHello.CurrentProtocol)
            throw new GuardException("unsupported", $"protocol: {request.Protocol} is not spoken here, but {GuardHello.Oldest} to {GuardHello.CurrentProtocol}");
    }

    /// <summary>The stream ends only when the client closes.</summary>
    public static bool IsEndless(GuardRequest request) => request.Op == "watch" || request.Follow;

    public async Task<GuardResponse> AnswerAsync(GuardRequest request, CancellationToken ct)
    {
        context.Memory.Worked();
        switch (request.Op)
        {
            case "hello":
                return new GuardResponse { Id = request.Id, Hello = new GuardHello(GuardHello.CurrentProtocol, GuardVersion.Number, Environment.ProcessId, since) };
            case "status":
                return new GuardResponse { Id = request.Id, Status = fleet.Status(request.Service, request.Environment) };
            case "reload":
                return new GuardResponse { Id = request.Id, Reload = await duties.Reload.RunAsync(request.DryRun, ct), Done = true };
            case "metrics":
                return new GuardResponse { Id = request.Id, Metrics = PrometheusText.Write(duties.Metrics.Sample()), Done = true };
            default:
                await CarryOutAsync(request, ct);
                return new GuardResponse { Id = request.Id, Done = true };
        }
    }

    public IAsyncEnumerable<GuardResponse> StreamAsync(GuardRequest request, CancellationToken ct) =>
        request.Op switch { "logs" => LogsAsync(request, ct), "why" => WhyAsync(request), _ => WatchAsync(request, ct) };

    private Task CarryOutAsync(GuardRequest request, CancellationToken ct) => request.Op switch
    {
        "check" => Check(request),
        "apply" => fleet.ApplyAsync(Complete(request.Unit), ct),
        "switch" => fleet.SwitchAsync(Key(request), Release(request), ct),
        // Once begun a stop goes on to its end, also when the client does not wait for it.
        "remove" => fleet.RemoveAsync(Key(request), Release(request), CancellationToken.None),
        "stop" => fleet.StopAsync(Key(request), CancellationToken.None),
        "start" => fleet.StartAsync(Key(request), ct),
        "refresh" => fleet.RefreshAsync(Key(request), Release(request), Values(request), ct),
        "restart" => fleet.RestartAsync(Key(request), ct),
        "upgrade" => UpgradeAsync(request.Binary ?? GuardUpgrade.OwnBinary),
        _ => throw new GuardException("bad-request", $"there is no operation '{request.Op}'"),
    };

    private Task Check(GuardRequest request)
    {
        fleet.Check(Complete(request.Unit));
        return Task.CompletedTask;
    }

    private async Task UpgradeAsync(string binary)
    {
        await GuardUpgrade.CheckAsync(binary);
        duties.Upgrade(binary);
    }

    private async IAsyncEnumerable<GuardResponse> WhyAsync(GuardRequest request)
    {
        var key = Key(request);
        // A service that was removed may still have dossiers; its name becomes part of a path.
        if (!UnitCheck.IsName(key.Service) || !UnitCheck.IsName(key.Environment))
            throw new GuardException("not-found", $"there is no service {key} here");
        // What status has told of is there.
        await context.Dossiers.WhenWrittenAsync();
        foreach (var dossier in context.Dossiers.Read(key.Environment, key.Service, Math.Max(0, request.Tail ?? int.MaxValue)))
            yield return new GuardResponse { Id = request.Id, Dossier = dossier };
    }

    private async IAsyncEnumerable<GuardResponse> LogsAsync(GuardRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var stream = request.Stream is { } name
            ? LogStreams.Find(name) ?? throw new GuardException("bad-request", $"stream: there is no '{name}'; it is 'access', 'error' or 'trace'") : (LogStream?)null;
        var log = fleet.Existing(Key(request)).Log;
        var (tail, follower) = log.Read(stream, Math.Clamp(request.Tail ?? (request.Since is null ? DefaultTail : MaxTail), 0, MaxTail), request.Since, request.Follow);
        try
        {
            foreach (var line in tail)
                yield return new GuardResponse { Id = request.Id, Log = line };
            await foreach (var line in Following(follower, ct))
                yield return new GuardResponse { Id = request.Id, Log = line };
        }
        finally
        {
            if (follower is not null)
                log.Unfollow(follower);
        }
    }

    private static async IAsyncEnumerable<GuardLogLine> Following(LogFollower? follower, [EnumeratorCancellation] CancellationToken ct)
    {
        if (follower is null)
            yield break;
        await foreach (var line in follower.Lines.Reader.ReadAllAsync(ct))
            yield return line;
    }

    private async IAsyncEnumerable<GuardResponse> WatchAsync(GuardRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        // Before the first look, so that no change falls in between.
        var watcher = context.Changes.Watch();
        try
        {
            foreach (var unit in fleet.Status(null, null).Units)
                yield return new GuardResponse { Id = request.Id, Changed = unit };
            while (true)
            {
                foreach (var key in await watcher.NextAsync(ct))
                    yield return new GuardResponse { Id = request.Id, Changed = fleet.Status(key) ?? Gone(key) };
            }
        }
        finally
        {
            context.Changes.Unwatch(watcher);
        }
    }

    // A unit that was removed is told once more, without instances.
    private static UnitStatus Gone(UnitKey key) =>
        new() { Service = key.Service.Service, Environment = key.Service.Environment, Release = key.Release };

    private static ServiceKey Key(GuardRequest request) =>
        new(request.Environment ?? throw Missing("environment"), request.Service ?? throw Missing("service"));

    private static string Release(GuardRequest request) => request.Release ?? throw Missing("release");

    private static RevisedValues Values(GuardRequest request)
    {
        var revision = request.Revision ?? throw Missing("revision");
        if (revision.Length is 0 or > LongestRevision || revision.Any(c => c is <= ' ' or > '~'))
            throw new GuardException("bad-request", $"revision: 1 to {LongestRevision} printable characters without blanks");
        return new(revision, request.Values ?? throw Missing("values"));
    }

    // JSON can say null where C# can't.
    private static Unit Complete(Unit? unit)
    {
        if (unit is null)
            throw Missing("unit");
        (string Name, object? Value)[] members =
        [
            ("service", unit.Service), ("environment", unit.Environment), ("release", unit.Release), ("executable", unit.Executable),
            ("args", unit.Args), ("env", unit.Env), ("restart", unit.Restart), ("restart.noRestartExits", unit.Restart?.NoRestartExits),
            ("stop", unit.Stop), ("ports", unit.Ports), ("logs", unit.Logs), ("resources", unit.Resources), ("dependsOn", unit.DependsOn),
        ];
        if (members.FirstOrDefault(m => m.Value is null) is { Name: { } missing })
            throw new GuardException("bad-request", $"unit.{missing}: must be given; a unit is sent whole");
        if (unit.Args.Contains(null!) || unit.Ports.Any(p => p?.Name is null) || unit.Env.Any(e => e.Value is null))
            throw new GuardException("bad-request", "unit: args, ports and env hold no nulls");
        if (unit.Config is { } config && (config.Name is null || config.Prefix is null || config.Values is null))
            throw new GuardException("bad-request", "unit.config: name, prefix and values must be given; a unit is sent whole");
        return unit;
    }

    private static GuardException Missing(string member) => new("bad-request", $"{member}: must be given");
}
