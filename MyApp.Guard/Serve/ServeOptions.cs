using System.Globalization;
using System.Net;

namespace MyApp.Guard.Serve;

/// <summary>The command line of <c>myapp-guard serve</c>.</summary>
/// <param name="DataFolder">Everything the guard keeps is below it.</param>
/// <param name="Tether">End, as for SIGTERM, when standard input ends.</param>
internal sealed record ServeOptions(string DataFolder, bool Tether)
{
    public const string Usage =
        """
        usage: myapp-guard serve --data DIR [--units DIR] [--metrics ADDRESS:PORT [--metrics-public]]
                                 [--otlp http://HOST:PORT] [--otlp-interval SECONDS] [--upgrade-drain SECONDS] [--tether]
        """;

    /// <summary>Files of units; null: <c>{data}/guard/units.d</c>.</summary>
    public string? UnitsFolder { get; init; }

    /// <summary>Where Prometheus may ask; null: nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>The metrics may be asked for from other machines.</summary>
    public bool MetricsPublic { get; init; }

    /// <summary>An OpenTelemetry collector that is sent the metrics; null: none.</summary>
    public Uri? Otlp { get; init; }

    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an upgrade waits for forwarded connections to end.</summary>
    public TimeSpan UpgradeDrain { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="FormatException">The command line is wrong; the message says how.</exception>
    public static ServeOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new ServeOptions("", false);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--tether" => options with { Tether = true },
                "--metrics-public" => options with { MetricsPublic = true },
                "--data" or "--units" or "--metrics" or "--otlp" or "--otlp-interval" or "--upgrade-drain" =>
                    Valued(options, args[i], i + 1 < args.Length ? args[++i] : throw new FormatException($"{args[i]} needs a value")),
                _ => throw new FormatException($"unknown option {args[i]}"),
            };
        }

        if (options.DataFolder.Length == 0)
            throw new FormatException("--data must be given");
        if (options is { Metrics: { } address, MetricsPublic: false } && !IPAddress.IsLoopback(address.Address))
            throw new FormatException($"--metrics {address}: others could read it; add --metrics-public if they shall");
        return options;
    }

    private static ServeOptions Valued(ServeOptions options, string name, string value) => name switch
    {
        "--data" => options with { DataFolder = value },
        "--units" => options with { UnitsFolder = Path.GetFullPath(value) },
        "--metrics" => options with
        {
            Metrics = IPEndPoint.TryParse(value, out var address) && value.Contains(':', StringComparison.Ordinal)
                ? address : throw new FormatException($"--metrics: write ADDRESS:PORT, as 127.0.0.1:9464, not '{value}'"),
        },
        "--otlp" => options with
        {
            Otlp = Uri.TryCreate(value, UriKind.Absolute, out var target) && target.Scheme == Uri.UriSchemeHttp
                ? target : throw new FormatException($"--otlp: write http://HOST:PORT, not '{value}'"),
        },
        "--otlp-interval" => options with { OtlpInterval = Seconds(name, value, 0.1) },
        _ => options with { UpgradeDrain = Seconds(name, value, 0) },
    };

    private static TimeSpan Seconds(string name, string value, double least) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds >= least && seconds <= 86_400
            ? TimeSpan.FromSeconds(seconds) : throw new FormatException($"{name}: seconds, {least.ToString(CultureInfo.InvariantCulture)} to 86400, not '{value}'");
}
