using System.Globalization;
using System.Text.Json.Serialization;

namespace MyApp.Bench.Supervisors.Reports;

/// <summary>What one run found.</summary>
/// <param name="NotRun">Keys of the cases that it did not come to, or was not to.</param>
internal sealed record Report(
    Machine Machine, DateTimeOffset Date, bool Quick, IReadOnlyDictionary<string, string> Versions, IReadOnlyList<string> NotRun, IReadOnlyList<Section> Sections)
{
    /// <summary>This report with what a later run of some cases found in the place of what it had of them.</summary>
    public Report With(Report later)
    {
        var newer = later.Sections.Select(section => section with { Measured = string.Create(CultureInfo.InvariantCulture, $"{later.Date:yyyy-MM-dd HH:mm} UTC, load average {later.Machine.Load}") }).ToList();
        return this with { Sections = [.. Sections.Select(section => newer.Find(each => each.Key == section.Key) ?? section), .. newer.Where(each => Sections.All(section => section.Key != each.Key))] };
    }
}

/// <param name="Charted">The figure that the chart shows and the ratios are of.</param>
internal sealed record Section(string Key, string Title, string Charted, bool LessIsBetter, IReadOnlyList<Row> Rows)
{
    /// <summary>When, where that was a later run than that of the rest; null: it was not.</summary>
    public string? Measured { get; init; }

    /// <summary>What the others are compared with: the floor.</summary>
    [JsonIgnore]
    public Row? Reference => Rows.FirstOrDefault(r => r.IsFloor && r.Figures.Count > 0);
}

/// <param name="Subject">The supervisor, or the floor it is compared with.</param>
/// <param name="Figures">By name with unit, e.g. <c>p50 ms</c>. Empty: it was not measured, and the remark says why.</param>
internal sealed record Row(string Subject, IReadOnlyDictionary<string, double> Figures, string? Remark = null)
{
    /// <summary>The same work done by no supervisor at all.</summary>
    public bool IsFloor { get; init; }

    public static Row Skipped(string subject, string reason) => new(subject, new Dictionary<string, double>(), reason);
}
