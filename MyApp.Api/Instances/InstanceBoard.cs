using System.Text.Json;
using MyApp.Api.Events;
using MyApp.Supervision.Control;

namespace MyApp.Api.Instances;

/// <summary>
/// The latest status of every unit. A replica beside the guard keeps it by watching; one that cannot reach a guard shows what the
/// others have put into Redis.
/// </summary>
internal sealed class InstanceBoard(GuardClient guard, RedisLink redis, ILogger<InstanceBoard> log)
{
    private const string Key = "myapp:status";

    // Long enough for a restart of the replica beside the guard, short enough that nobody believes an old state.
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks the guard; never throws for want of one.</summary>
    public async Task<LiveStatus> ReadAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return new LiveStatus((await guard.StatusAsync(null, null, patience.Token)).Units, Trouble: null);
        }
        catch (GuardException e)
        {
            return await SharedAsync(e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return await SharedAsync($"the guard at {guard.SocketPath} did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Shares what the guard just said with the replicas that have none.</summary>
    public void Share(IReadOnlyList<UnitStatus> units) =>
        redis.Put(Key, JsonSerializer.Serialize(Wrap(units), GuardJson.Default.GuardResponse), Lifetime);

    private async Task<LiveStatus> SharedAsync(string trouble)
    {
        if (await redis.GetAsync(Key) is not { } shared)
            return new LiveStatus([], trouble);
        try
        {
            var units = JsonSerializer.Deserialize(shared, GuardJson.Default.GuardResponse)?.Status?.Units;
            return units is null ? new LiveStatus([], trouble) : new LiveStatus(units, Trouble: null);
        }
        catch (JsonException e)
        {
            log.LogWarning("Not understood what Redis holds at {Key}: {Reason}", Key, e.Message);
            return new LiveStatus([], trouble);
        }
    }

    private static GuardResponse Wrap(IReadOnlyList<UnitStatus> units) => new() { Id = "shared", Status = new GuardStatus(units) };
}
