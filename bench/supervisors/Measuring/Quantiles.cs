namespace MyApp.Bench.Supervisors.Measuring;

internal static class Quantiles
{
    /// <summary>The nearest-rank quantile.</summary>
    /// <param name="share">0.5 for the median.</param>
    public static double Of(IReadOnlyCollection<TimeSpan> samples, double share) =>
        samples.Order().ElementAt(Math.Clamp((int)Math.Ceiling(share * samples.Count) - 1, 0, samples.Count - 1)).TotalMilliseconds;
}
