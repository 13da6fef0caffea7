using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class MetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OverHttpAndControl_SayWhatRuns()
    {
        var port = FreePort.Find();
        await using var guard = await GuardProcess.StartAsync(Ct, "--metrics", $"127.0.0.1:{port}");
        var unit = guard.WebServer(FreePort.Find()) with { Resources = new ResourceLimits() };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

        using var client = new HttpClient { Timeout = TestService.Patience };
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"), Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);

        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        const string Labels = """{service="probe-me",environment="test",release="probe-me-test-1",instance="probe-me-test-1.0" """;
        Assert.Contains($"myapp_instance_ready{Labels.TrimEnd()}}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"myapp_instance_state{Labels.TrimEnd()},state=\"ready\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"myapp_instance_restarts_total{Labels.TrimEnd()}}} 0\n", text, StringComparison.Ordinal);
        Assert.True(ValueOf(text, "myapp_instance_memory_pss_bytes") > 100_000, text);
        Assert.True(ValueOf(text, "myapp_instance_open_fds") >= 3, text);
        Assert.True(ValueOf(text, "myapp_probe_duration_seconds_count") >= 1, text);
        Assert.True(ValueOf(text, "myapp_probe_duration_seconds_sum") > 0, text);
        Assert.Contains("myapp_instance_ready{", await guard.Client.MetricsAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Ct)).StatusCode);
    }

    [Fact]
    public async Task Metrics_PassPromtool()
    {
        var promtool = FetchedTool.Find("promtool");
        Assert.SkipUnless(promtool is not null, "needs promtool");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(guard.WebServer(FreePort.Find()), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

#pragma warning disable RS0030 // a tool that judges, and ends by itself
        using var tool = Process.Start(new ProcessStartInfo(promtool!, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
#pragma warning restore RS0030
        await tool.StandardInput.WriteAsync(await guard.Client.MetricsAsync(Ct));
        tool.StandardInput.Close();
        var words = await tool.StandardError.ReadToEndAsync(Ct) + await tool.StandardOutput.ReadToEndAsync(Ct);
        await tool.WaitForExitAsync(Ct);

        Assert.Equal((0, ""), (tool.ExitCode, words));
    }

    [Fact]
    public async Task Metrics_AreSentToACollector()
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        await using var guard = await GuardProcess.StartAsync(Ct, "--otlp", $"http://{collector.LocalEndpoint}", "--otlp-interval", "0.2");
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

        JsonElement metrics = default;
        await Eventually.TrueAsync(async () => (metrics = await ReceiveAsync(collector)).EnumerateArray().Any(m => NameOf(m) == "myapp_instance_ready"), "it has the instance", TestService.Patience, Ct);

        var ready = metrics.EnumerateArray().Single(m => NameOf(m) == "myapp_instance_ready").GetProperty("gauge").GetProperty("dataPoints")[0];
        Assert.Equal(1, ready.GetProperty("asDouble").GetDouble());
        Assert.Contains(ready.GetProperty("attributes").EnumerateArray(), a => a.GetProperty("value").GetProperty("stringValue").GetString() == TestService.Name);
        var restarts = metrics.EnumerateArray().Single(m => NameOf(m) == "myapp_instance_restarts").GetProperty("sum");
        Assert.True(restarts.GetProperty("isMonotonic").GetBoolean());
    }

    [Theory]
    [InlineData("--metrics", "0.0.0.0:9464")]
    [InlineData("--metrics", "9464")]
    [InlineData("--otlp", "https://collector")]
    public async Task Serve_WithAnAddressThatIsNotMeant_EndsWith2(string option, string value)
    {
        using var serve = GuardProcess.Start("serve", "--data", "/nosuch", option, value);
        var words = await serve.StandardError.ReadToEndAsync(Ct);
        await serve.WaitForExitAsync(Ct);

        Assert.Equal(2, serve.ExitCode);
        Assert.Contains(option, words, StringComparison.Ordinal);
    }

    private static double ValueOf(string text, string name) =>
        double.Parse(text.Split('\n').First(l => l.StartsWith(name + "{", StringComparison.Ordinal)).Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    private static string? NameOf(JsonElement metric) => metric.GetProperty("name").GetString();

    private static async Task<JsonElement> ReceiveAsync(TcpListener collector)
    {
        using var client = await collector.AcceptTcpClientAsync(Ct);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Assert.Equal("POST /v1/metrics HTTP/1.1", await reader.ReadLineAsync(Ct));
        var length = 0;
        for (var line = await reader.ReadLineAsync(Ct); !string.IsNullOrEmpty(line); line = await reader.ReadLineAsync(Ct))
        {
            if (line.StartsWith("Content-Length: ", StringComparison.Ordinal))
                length = int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        }

        var body = new char[length];
        await reader.ReadBlockAsync(body, Ct);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(), Ct);
        return JsonDocument.Parse(new string(body)).RootElement.GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics")[0].GetProperty("metrics").Clone();
    }
}
