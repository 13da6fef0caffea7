using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace MyApp.Guard.Metrics;

/// <summary>
/// An ExportMetricsServiceRequest in the JSON encoding of OTLP (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): 64-bit
/// integers are strings, enums are numbers.
/// </summary>
internal static class OtlpJson
{
    private const int Cumulative = 2;
    private const string Total = "_total";

    /// <param name="since">When the counters began.</param>
    public static byte[] Write(IEnumerable<MetricFamily> families, DateTimeOffset since, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceMetrics");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, MetricLabels.None.With("service.name", "myapp-guard"));
            json.WriteEndObject();
            json.WriteStartArray("scopeMetrics");
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", "myapp-guard");
            json.WriteEndObject();
            json.WriteStartArray("metrics");
            foreach (var family in families.Where(f => f.Points.Count > 0))
                WriteFamily(json, family, Nanoseconds(since), Nanoseconds(now));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteFamily(Utf8JsonWriter json, MetricFamily family, string since, string now)
    {
        json.WriteStartObject();
        // The suffix says in Prometheus what isMonotonic says here.
        json.WriteString("name", family.Name.EndsWith(Total, StringComparison.Ordinal) ? family.Name[..^Total.Length] : family.Name);
        json.WriteString("description", family.Help);
        json.WriteStartObject(family.Type switch { MetricType.Counter => "sum", MetricType.Summary => "histogram", _ => "gauge" });
        if (family.Type != MetricType.Gauge)
            json.WriteNumber("aggregationTemporality", Cumulative);
        if (family.Type == MetricType.Counter)
            json.WriteBoolean("isMonotonic", true);
        json.WriteStartArray("dataPoints");
        foreach (var point in family.Points)
            WritePoint(json, family.Type, point, since, now);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePoint(Utf8JsonWriter json, MetricType type, MetricPoint point, string since, string now)
    {
        json.WriteStartObject();
        WriteAttributes(json, point.Labels);
        if (type != MetricType.Gauge)
            json.WriteString("startTimeUnixNano", since);
        json.WriteString("timeUnixNano", now);
        if (type == MetricType.Summary)
        {
            // A histogram without bounds has one bucket: sum and count are all it says.
            var count = point.Count.ToString(CultureInfo.InvariantCulture);
            json.WriteString("count", count);
            json.WriteNumber("sum", point.Value);
            json.WriteStartArray("bucketCounts");
            json.WriteStringValue(count);
            json.WriteEndArray();
        }
        else
        {
            json.WriteNumber("asDouble", point.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, MetricLabels labels)
    {
        json.WriteStartArray("attributes");
        foreach (var (name, value) in labels.Pairs)
        {
            json.WriteStartObject();
            json.WriteString("key", name);
            json.WriteStartObject("value");
            json.WriteString("stringValue", value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Nanoseconds(DateTimeOffset time) =>
        ((time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick).ToString(CultureInfo.InvariantCulture);
}
