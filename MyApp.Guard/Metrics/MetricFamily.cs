namespace MyApp.Guard.Metrics;

internal enum MetricType { Gauge, Counter, Summary }

/// <summary>A metric with all its points at one time. Names follow https://prometheus.io/docs/practices/naming/.</summary>
internal sealed record MetricFamily(string Name, string Help, MetricType Type, IReadOnlyList<MetricPoint> Points);

/// <param name="Value">Of a summary the sum.</param>
/// <param name="Count">Of a summary how many there were.</param>
internal readonly record struct MetricPoint(MetricLabels Labels, double Value, long Count = 0);

/// <summary>Names and values, in the order they are written in.</summary>
internal sealed record MetricLabels(IReadOnlyList<KeyValuePair<string, string>> Pairs)
{
    public static MetricLabels None { get; } = new([]);

    public MetricLabels With(string name, string value) => new([.. Pairs, KeyValuePair.Create(name, value)]);
}
