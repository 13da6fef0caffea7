using System.Runtime.CompilerServices;

namespace MyApp.Hosting.Engine.Dashboard.Resources;

internal static class UpdateBatches
{
    /// <summary>
    /// Everything that is there without waiting, of each resource its latest; then again, each time there is something new. The first
    /// batch may be empty.
    /// </summary>
    public static async IAsyncEnumerable<IReadOnlyCollection<ResourceEvent>> InBatchesAsync(
        this IAsyncEnumerable<ResourceEvent> updates, [EnumeratorCancellation] CancellationToken ct)
    {
        var latest = new Dictionary<string, ResourceEvent>(StringComparer.OrdinalIgnoreCase);
        await using var source = updates.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = source.MoveNextAsync().AsTask();
            if (!next.IsCompleted)
            {
                yield return [.. latest.Values];
                latest.Clear();
            }
            if (!await next)
                break;
            latest[source.Current.ResourceId] = source.Current;
        }
        if (latest.Count > 0)
            yield return [.. latest.Values];
    }
}
