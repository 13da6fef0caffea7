using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApp.ServiceDefaults.Health;

/// <summary><c>{"status":"Degraded","durationMs":12,"checks":{"StackExchange.Redis":{"status":"Degraded","durationMs":9,"description":"…"}}}</c></summary>
internal static class HealthReportJson
{
    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString());
        json.WriteNumber("durationMs", Milliseconds(report.TotalDuration));
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
            WriteEntry(json, name, entry);
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, HealthReportEntry entry)
    {
        json.WriteStartObject(name);
        json.WriteString("status", entry.Status.ToString());
        json.WriteNumber("durationMs", Milliseconds(entry.Duration));
        if (Describe(entry) is { Length: > 0 } description)
            json.WriteString("description", description);
        json.WriteEndObject();
    }

    // The message of a client's exception names hosts and users and may quote a connection string, and anyone may ask for
    // this page: its type is enough here, the log has the rest.
    private static string? Describe(HealthReportEntry entry) =>
        entry.Exception is { } exception ? exception.GetType().Name : entry.Description;

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 1);
}
