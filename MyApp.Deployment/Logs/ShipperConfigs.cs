using System.Text.Json;

namespace MyApp.Deployment.Logs;

/// <summary>
/// Configurations for the programs that ship logs, made of the layout <c>{logs}/{environment}/{service}/{access,error,trace}.log</c>: labels come
/// from the path, time and instance from the line. Rotated files have other names and are not shipped twice.
/// </summary>
public static class ShipperConfigs
{
    private static readonly string[] Streams = ["access", "error", "trace"];

    /// <summary>The names of <see cref="Write"/>, with where each sends to unless told otherwise.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["elk"] = "http://127.0.0.1:9200", ["loki"] = "http://127.0.0.1:3100/loki/api/v1/push", ["otel"] = "http://127.0.0.1:4318",
    };

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="logs">Absolute folder of the logs.</param>
    /// <param name="to">Where it sends to.</param>
    public static string Write(string kind, string logs, string to) => kind switch
    {
        "loki" => Promtail(logs, to),
        "elk" => Filebeat(logs, to),
        "otel" => Collector(logs, to),
        _ => throw new ArgumentException($"there is no shipper '{kind}'", nameof(kind)),
    };

    // https://grafana.com/docs/loki/latest/send-data/promtail/configuration/
    private static string Promtail(string logs, string to) => $$"""
        server:
          disable: true
        positions:
          filename: {{Quoted(Path.Combine(logs, ".promtail-positions.yaml"))}}
        clients:
          - url: {{Quoted(to)}}
        scrape_configs:
          - job_name: myapp
            static_configs:
              - targets: [localhost]
                labels:
                  job: myapp
                  __path__: {{Quoted(Path.Combine(logs, "*", "*", $"{{{string.Join(',', Streams)}}}.log"))}}
            pipeline_stages:
              - regex:
                  source: filename
                  expression: {{Quoted(PathExpression(logs))}}
              - labels:
                  environment:
                  service:
                  stream:
              - regex:
                  expression: {{Quoted(LineExpression)}}
              - timestamp:
                  source: time
                  format: RFC3339Nano
              - output:
                  source: text

        """;

    // https://www.elastic.co/guide/en/beats/filebeat/current/filebeat-input-filestream.html
    private static string Filebeat(string logs, string to) => $$"""
        filebeat.inputs:
          - type: filestream
            id: myapp
            paths: [{{string.Join(", ", Streams.Select(stream => Quoted(Path.Combine(logs, "*", "*", stream + ".log"))))}}]
            processors:
              - dissect:
                  field: log.file.path
                  tokenizer: {{Quoted(Path.Combine(logs, "%{environment}", "%{service}", "%{stream}.log"))}}
                  target_prefix: myapp
              - dissect:
                  field: message
                  tokenizer: "%{time} %{instance} %{text}"
                  target_prefix: myapp
              - timestamp:
                  field: myapp.time
                  layouts: ["2006-01-02T15:04:05.999999Z07:00"]
                  test: ["2026-11-23T14:02:11.123456+00:00"]
        output.elasticsearch:
          hosts: [{{Quoted(to)}}]

        """;

    // https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/filelogreceiver
    private static string Collector(string logs, string to) => $$"""
        receivers:
          filelog:
            include: [{{string.Join(", ", Streams.Select(stream => Quoted(Path.Combine(logs, "*", "*", stream + ".log"))))}}]
            include_file_path: true
            operators:
              - type: regex_parser
                parse_from: attributes["log.file.path"]
                regex: {{Quoted(PathExpression(logs))}}
              - type: regex_parser
                regex: {{Quoted(LineExpression)}}
                timestamp:
                  parse_from: attributes.time
                  layout_type: gotime
                  layout: "2006-01-02T15:04:05.999999Z07:00"
              - type: move
                from: attributes.text
                to: body
              - type: move
                from: attributes.service
                to: resource["service.name"]
              - type: move
                from: attributes.environment
                to: resource["deployment.environment.name"]
        exporters:
          otlphttp:
            endpoint: {{Quoted(to)}}
        service:
          pipelines:
            logs:
              receivers: [filelog]
              exporters: [otlphttp]

        """;

    private const string LineExpression = @"^(?P<time>\S+) (?P<instance>\S+) (?P<text>.*)$";

    private static string PathExpression(string logs) =>
        $"^{System.Text.RegularExpressions.Regex.Escape(logs)}/(?P<environment>[^/]+)/(?P<service>[^/]+)/(?P<stream>{string.Join('|', Streams)})\\.log$";

    // YAML's double-quoted scalars have the escapes of JSON (YAML 1.2, 5.7).
    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
