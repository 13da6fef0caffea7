using System.Text.RegularExpressions;
using MyApp.Deployment.Logs;
using MyApp.Supervision.Logs;
using YamlDotNet.RepresentationModel;

namespace MyApp.Tests.Deployment.Logs;

public sealed class ShipperConfigTests
{
    private const string Logs = "/var/lib/my app+x/logs";

    [Theory]
    [InlineData("loki")]
    [InlineData("elk")]
    [InlineData("otel")]
    public void Write_EachKind_IsYamlThatNamesFolderAndTarget(string kind)
    {
        var text = ShipperConfigs.Write(kind, Logs, "https://logs.example/a?b=\"c\"");
        var scalars = Scalars(text).ToList();

        Assert.Contains("https://logs.example/a?b=\"c\"", scalars);
        Assert.Contains(scalars, scalar => scalar.StartsWith($"{Logs}/*/*/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("loki")]
    [InlineData("otel")]
    public void Write_ItsExpressions_TakeAPathAndALineApart(string kind)
    {
        // Go's named groups are written (?P<name>…), .NET's without the P.
        var expressions = Scalars(ShipperConfigs.Write(kind, Logs, "http://x")).Where(scalar => scalar.StartsWith('^')).Select(scalar => new Regex(scalar.Replace("(?P<", "(?<", StringComparison.Ordinal))).ToList();
        var path = expressions[0].Match($"{Logs}/prod/orders/access.log");
        var line = expressions[1].Match(LogLineFormat.Prefix(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), "orders-prod-2.0") + "GET / 200");

        Assert.Equal(("prod", "orders", "access"), (path.Groups["environment"].Value, path.Groups["service"].Value, path.Groups["stream"].Value));
        Assert.Equal(("2026-03-01T12:00:00.000000+00:00", "orders-prod-2.0", "GET / 200"), (line.Groups["time"].Value, line.Groups["instance"].Value, line.Groups["text"].Value));
        Assert.DoesNotMatch(expressions[0], $"{Logs}/prod/orders/access-20260301T000000.000Z.log");
    }

    private static IEnumerable<string> Scalars(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].AllNodes.OfType<YamlScalarNode>().Select(scalar => scalar.Value ?? "");
    }
}
