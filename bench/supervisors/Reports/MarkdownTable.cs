using System.Globalization;
using System.Text;

namespace MyApp.Bench.Supervisors.Reports;

/// <summary>The report as people read it.</summary>
internal static class MarkdownTable
{
    public static string Render(Report report)
    {
        var text = new StringBuilder("# Supervisors compared\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{report.Date:yyyy-MM-dd HH:mm} UTC, {report.Machine.Cores} cores of {report.Machine.Processor}, {report.Machine.MemoryGiB:0.#} GiB, ");
        text.Append(CultureInfo.InvariantCulture, $"{report.Machine.System}, {report.Machine.Kernel}; load average at the start {report.Machine.Load}");
        text.Append(report.Quick ? "; quick run: few rounds.\n\n" : ".\n\n");
        text.AppendJoin(", ", report.Versions.Select(v => $"{v.Key} {v.Value}")).Append(".\n\n");
        text.Append("All figures are of one run of `bench/supervisors/run`, except where a later one is named; what each case does is in `bench/README.md`.\n\n![chart](supervisors.svg)\n");
        if (report.NotRun.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"\nNot measured in this run: {string.Join(", ", report.NotRun)}.\n");
        foreach (var section in report.Sections)
            Append(text, section);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Section section)
    {
        var figures = section.Rows.SelectMany(r => r.Figures.Keys).Distinct().ToList();
        var reference = section.Reference;
        text.Append(CultureInfo.InvariantCulture, $"\n## {section.Title}\n\n{(section.Measured is { } when ? $"Of a run of its own: {when}.\n\n" : "")}| | {string.Join(" | ", figures)} |");
        text.Append(reference is null ? "" : $" ÷ {reference.Subject.Split(':')[0]} |");
        text.Append(" |\n|---|").Append(string.Concat(figures.Select(_ => "---:|"))).Append(reference is null ? "" : "---:|").Append("---|\n");
        foreach (var row in section.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Subject} | {string.Join(" | ", figures.Select(f => row.Figures.TryGetValue(f, out var v) ? Number(v) : "–"))} |");
            text.Append(reference is null ? "" : $" {Ratio(row, reference, section.Charted)} |");
            text.Append(CultureInfo.InvariantCulture, $" {(row.Figures.Count == 0 ? "skipped: " : "")}{row.Remark?.Replace('|', '/')} |\n");
        }
    }

    public static string Number(double value) =>
        value.ToString(value == Math.Floor(value) ? "#,0" : value switch { < 0.1 => "0.000", < 10 => "0.00", < 100 => "0.0", _ => "#,0" }, CultureInfo.InvariantCulture);

    private static string Ratio(Row row, Row reference, string figure) =>
        row.Figures.TryGetValue(figure, out var value) && reference.Figures.TryGetValue(figure, out var one) && one > 0 ? Number(value / one) : "–";
}
