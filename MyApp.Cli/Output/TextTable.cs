namespace MyApp.Cli.Output;

/// <summary>Columns as wide as their widest cell, two spaces between them, nothing after the last.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<Styled[]> rows = [];

    public void Add(params Styled[] cells) => rows.Add([.. cells.Select(c => c with { Text = TerminalText.CleanLine(c.Text) })]);

    public void Print(Screen screen)
    {
        var widths = headers.Select((header, i) => rows.Select(row => row[i].Text.Length).Append(header.Length).Max()).ToArray();
        screen.Line(Pad([.. headers.Select(h => new Styled(h, Tone.Faint))], widths));
        foreach (var row in rows)
            screen.Line(Pad(row, widths));
    }

    private static Styled[] Pad(Styled[] cells, int[] widths)
    {
        var last = Array.FindLastIndex(cells, c => c.Text.Length > 0);
        return [.. cells.Take(last + 1).Select((c, i) => i == last ? c : c with { Text = c.Text.PadRight(widths[i] + 2) })];
    }
}
