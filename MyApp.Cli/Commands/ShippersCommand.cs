using System.CommandLine;
using MyApp.Deployment.Logs;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp shippers KIND</c>: the configuration of a log shipper for this machine's logs.</summary>
internal static class ShippersCommand
{
    public static Command Create(CommandRunner runner)
    {
        var kind = new Argument<string>("KIND") { Description = "loki (promtail), elk (filebeat) or otel (OpenTelemetry Collector)" };
        kind.AcceptOnlyFromAmong([.. ShipperConfigs.Kinds.Keys]);
        var to = new Option<string?>("--to") { Description = "Where it sends to (default: the program's usual port on this machine)", HelpName = "URL" };
        var command = new ExampleCommand("shippers", "Prints the configuration of a log shipper: labels from the path of each log, time and instance from its lines.", """
            myapp shippers loki --to http://loki:3100/loki/api/v1/push > promtail.yaml
            myapp shippers otel > collector.yaml
            """) { kind, to };
        return runner.Attach(command, (call, parse, _) =>
        {
            var target = parse.GetValue(to) ?? ShipperConfigs.Kinds[parse.GetValue(kind)!];
            if (!Uri.TryCreate(target, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                throw new CommandFailedException(ExitCode.BadInput, $"--to: '{target}' is not an http or https address");
            call.Screen.Raw(ShipperConfigs.Write(parse.GetValue(kind)!, call.DataPaths().Logs, target));
            return Task.FromResult(ExitCode.Ok);
        });
    }
}
