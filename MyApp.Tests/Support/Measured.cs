using System.Globalization;
using System.Text;

namespace MyApp.Tests.Support;

/// <summary>The report of a measure: told by the test, and kept in the file that <c>BENCH_RESULTS</c> names.</summary>
internal sealed class Measured(ITestOutputHelper output)
{
    private readonly StringBuilder table = new();

    public void Row(FormattableString row) => table.Append(row.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <param name="report">Gets the rows, and the machine's load of the last minute.</param>
    public async Task WriteAsync(Func<string, string, FormattableString> report, CancellationToken ct)
    {
        var load = (await File.ReadAllTextAsync("/proc/loadavg", ct)).Split(' ')[0];
        var text = report(table.ToString(), load).ToString(CultureInfo.InvariantCulture);
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("BENCH_RESULTS") is { Length: > 0 } file)
            await File.WriteAllLinesAsync(file, text.TrimEnd('\n').Split('\n'), ct);
    }
}
