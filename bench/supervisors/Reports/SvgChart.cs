using System.Globalization;
using System.Net;
using System.Text;

namespace MyApp.Bench.Supervisors.Reports;

/// <summary>One group of bars for each section; readable on light and dark pages.</summary>
internal static class SvgChart
{
    private const int Width = 860;
    private const int LabelWidth = 250;
    private const int BarWidth = 480;
    private const int RowHeight = 20;
    // Beyond this spread the smallest bars could not be told apart.
    private const double LinearSpread = 40;

    private const string Style = """
        text { font: 12px system-ui, sans-serif; fill: #1f2328; } .title { font-weight: 600; font-size: 13px; } .soft { fill: #59636e; }
        rect { fill: #9aa4b0; } rect.ours { fill: #0969da; } rect.floor { fill: #d0d7de; }
        @media (prefers-color-scheme: dark) {
          text { fill: #f0f6fc; } .soft { fill: #9198a1; } rect { fill: #656c76; } rect.ours { fill: #4493f8; } rect.floor { fill: #3d444d; }
        }
        """;

    public static string Render(Report report)
    {
        var body = new StringBuilder();
        var y = 10;
        foreach (var section in report.Sections.Where(s => Shown(s).Count > 0))
            y = Append(body, section, y);
        return string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {y}\" width=\"{Width}\" height=\"{y}\" role=\"img\" aria-label=\"Supervisors compared\">\n<style>\n{Style}\n</style>\n{body}</svg>\n");
    }

    private static List<Row> Shown(Section section) => [.. section.Rows.Where(r => r.Figures.ContainsKey(section.Charted))];

    private static int Append(StringBuilder body, Section section, int y)
    {
        var rows = Shown(section);
        var values = rows.Select(r => r.Figures[section.Charted]).Where(v => v > 0).DefaultIfEmpty(1).ToList();
        var (low, high) = (values.Min(), values.Max());
        var logarithmic = high / low > LinearSpread;
        double Length(double value) => value <= 0 ? 0 : logarithmic ? 0.06 + (0.94 * Math.Log(value / low) / Math.Log(high / low)) : value / high;
        var hint = $"{section.Charted}{(section.LessIsBetter ? ", less is better" : ", more is better")}{(logarithmic ? ", logarithmic" : "")}";
        y += RowHeight;
        body.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"10\" y=\"{y}\">{Text(section.Title)} <tspan class=\"soft\">({Text(hint)})</tspan></text>\n");
        foreach (var row in rows)
        {
            y += RowHeight;
            var value = row.Figures[section.Charted];
            var length = Math.Max(1, Length(value) * BarWidth);
            body.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{y}\" text-anchor=\"end\">{Text(row.Subject)}</text>");
            body.Append(CultureInfo.InvariantCulture, $"<rect class=\"{Kind(row)}\" x=\"{LabelWidth}\" y=\"{y - 12}\" width=\"{length:0.#}\" height=\"14\" rx=\"2\"/>");
            body.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + length + 6:0.#}\" y=\"{y}\">{MarkdownTable.Number(value)}</text>\n");
        }

        return y + RowHeight;
    }

    private static string Kind(Row row) =>
        row.Subject.StartsWith("myapp-guard", StringComparison.Ordinal) ? "ours" : row.IsFloor ? "floor" : "peer";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
