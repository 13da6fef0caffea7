using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>One question, asked of every supervisor in the same way.</summary>
internal abstract class Case(Workbench bench)
{
    protected Workbench Bench { get; } = bench;

    public abstract string Key { get; }

    public abstract Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct);

    /// <summary>A peer that is not there or fails is a row with the reason.</summary>
    protected async Task<Row?> RowAsync(Func<string, Peer> make, Func<Peer, string, Task<Row?>> measure, CancellationToken ct)
    {
        Row? row = null;
        await Workbench.WithAsync(make, async (peer, folder) => row = await GuardedAsync(peer, folder, measure, ct), ct);
        if (row is not null)
            Bench.Tell($"  {row.Subject}: {string.Join(", ", row.Figures.Select(f => $"{f.Key} {f.Value:0.###}"))} {row.Remark}");
        return row;
    }

    protected async Task<IReadOnlyList<Row>> RowsAsync(Func<Peer, string, Task<Row?>> measure, CancellationToken ct)
    {
        var rows = new List<Row>();
        foreach (var make in Bench.Peers)
        {
            if (await RowAsync(make, measure, ct) is { } row)
                rows.Add(row);
        }

        return rows;
    }

    private static async Task<Row?> GuardedAsync(Peer peer, string folder, Func<Peer, string, Task<Row?>> measure, CancellationToken ct)
    {
        if (peer.Missing() is { } reason)
            return Row.Skipped(peer.Name, reason);
        try
        {
            return await measure(peer, folder);
        }
        // One supervisor's refusal must not end the comparison of the others.
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return Row.Skipped(peer.Name, e.Message.ReplaceLineEndings(" "));
        }
    }
}
