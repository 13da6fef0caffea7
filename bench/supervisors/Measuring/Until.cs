using System.Diagnostics;

namespace MyApp.Bench.Supervisors.Measuring;

internal static class Until
{
    /// <exception cref="TimeoutException">It did not become true.</exception>
    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan patience, CancellationToken ct)
    {
        for (var begin = Stopwatch.GetTimestamp(); !condition();)
        {
            if (Stopwatch.GetElapsedTime(begin) > patience)
                throw new TimeoutException($"after {patience.TotalSeconds:0} s it is still not so that {what}");
            await PassAsync(TimeSpan.FromMilliseconds(1), ct);
        }
    }

    public static Task PassAsync(TimeSpan time, CancellationToken ct) => Task.Delay(time, TimeProvider.System, ct);
}
