using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Tests.Api;

/// <summary>Builds of the control plane as a client asks for them, of a script that takes no compiler.</summary>
internal static class BuildAsking
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="script">For sh; leaves the executable as <c>out</c>.</param>
    public static async Task<string> UploadScriptAsync(this HttpClient client, string script, string service = "orders")
    {
        var spec = $"service: {service}\nbuild: {{ toolchain: command, command: [sh, build.sh], output: out }}\n";
        using var uploaded = await client.UploadAsync(new ByteArrayContent(Archives.Of(("myapp.yaml", spec), ("build.sh", script + "\n"))));
        return (await uploaded.ReadAsync(HttpStatusCode.Created, WireJson.Default.SourceReceipt)).Digest;
    }

    public static Task<HttpResponseMessage> CancelBuildAsync(this HttpClient client, Guid build) =>
        client.PostAsync(new Uri($"/api/v1/builds/{build}/cancel", UriKind.Relative), null, Ct);

    /// <param name="until">Stop at this line, as long as the build goes on.</param>
    public static async Task<(List<BuildLogLine> Lines, BuildView End)> FollowBuildAsync(this HttpClient client, Guid build, long after = 0, string? until = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/builds/{build}/log", UriKind.Relative));
        if (after > 0)
            request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        var lines = new List<BuildLogLine>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct))
        {
            if (item.EventType == "end")
                return (lines, JsonSerializer.Deserialize(item.Data, WireJson.Default.BuildView)!);
            lines.Add(JsonSerializer.Deserialize(item.Data, WireJson.Default.BuildLogLine)!);
            if (lines[^1].Text == until)
                return (lines, null!);
        }

        throw new InvalidOperationException($"the log broke off after {lines.Count} lines");
    }

    /// <summary>Whether a <c>sleep</c> with these words runs on this machine.</summary>
    public static bool Sleeps(string words) => Sleepers().Any(each => each.Contains(words, StringComparison.Ordinal));

    private static IEnumerable<string> Sleepers() =>
        Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(path => Words(Path.Combine(path, "cmdline")))
            .Where(words => words.StartsWith("sleep", StringComparison.Ordinal));

    private static string Words(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
