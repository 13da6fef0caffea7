using System.Text.Encodings.Web;
using System.Text.Json;
using MyApp.Supervision.Files;

namespace MyApp.Bench.Supervisors.Reports;

/// <summary>The report in its three forms.</summary>
internal static class ReportFiles
{
    private const string Name = "supervisors.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>What a run before left there; null: none did.</summary>
    public static Report? Read(string folder) =>
        Path.Combine(folder, Name) is var path && File.Exists(path) ? JsonSerializer.Deserialize<Report>(File.ReadAllBytes(path), Json) : null;

    public static void Write(string folder, Report report)
    {
        Directory.CreateDirectory(folder);
        Write(folder, Name, JsonSerializer.Serialize(report, Json) + "\n");
        Write(folder, "supervisors.md", MarkdownTable.Render(report));
        Write(folder, "supervisors.svg", SvgChart.Render(report));
    }

    private static void Write(string folder, string name, string text) => AtomicFile.WriteAllText(Path.Combine(folder, name), text);
}
