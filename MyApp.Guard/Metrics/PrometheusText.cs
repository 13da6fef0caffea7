using System.Globalization;
using System.Text;

namespace MyApp.Guard.Metrics;

/// <summary>The text format of Prometheus, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families.Where(f => f.Points.Count > 0))
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type.ToString().ToLowerInvariant()).Append('\n');
            foreach (var point in family.Points)
                Append(text, family, point);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, MetricFamily family, MetricPoint point)
    {
        if (family.Type != MetricType.Summary)
        {
            AppendLine(text, family.Name, point.Labels, point.Value);
            return;
        }

        AppendLine(text, $"{family.Name}_sum", point.Labels, point.Value);
        AppendLine(text, $"{family.Name}_count", point.Labels, point.Count);
    }

    private static void AppendLine(StringBuilder text, string name, MetricLabels labels, double value)
    {
        text.Append(name);
        for (var i = 0; i < labels.Pairs.Count; i++)
        {
            var escaped = labels.Pairs[i].Value
                .Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(i == 0 ? '{' : ',').Append(labels.Pairs[i].Key).Append("=\"").Append(escaped).Append('"');
        }

        text.Append(labels.Pairs.Count > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
