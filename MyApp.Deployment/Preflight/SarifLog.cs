using System.Text;
using System.Text.Json;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight;

/// <summary>Findings in the Static Analysis Results Interchange Format 2.1.0 (OASIS), which code hosts show beside the lines.</summary>
public static class SarifLog
{
    private const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";

    /// <param name="specFile">Named where a finding has no place of its own.</param>
    public static string Write(IReadOnlyList<Finding> findings, string specFile)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, findings);
            json.WriteStartArray("results");
            foreach (var finding in findings)
                WriteResult(json, finding, specFile);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static void WriteTool(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "myapp check");
        json.WriteStartArray("rules");
        foreach (var id in findings.Select(finding => finding.Rule).Distinct(StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            if (PreflightRules.All.FirstOrDefault(rule => rule.Id == id) is { } about)
            {
                WriteText(json, "shortDescription", about.Title);
                WriteText(json, "help", about.Help);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Finding finding, string specFile)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule);
        json.WriteString("level", finding.Level switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" });
        WriteText(json, "message", finding.Fix is null ? finding.Message : $"{finding.Message}; {finding.Fix}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Uri.EscapeDataString(finding.Origin?.File ?? specFile).Replace("%2F", "/", StringComparison.Ordinal));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", Math.Max(1, finding.Origin?.Line ?? 1));
        json.WriteNumber("startColumn", Math.Max(1, finding.Origin?.Column ?? 1));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
