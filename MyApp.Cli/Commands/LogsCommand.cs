using System.CommandLine;
using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp logs SERVICE</c>.</summary>
internal static class LogsCommand
{
    private const int MostTail = 100_000;

    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Whose lines");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines until interrupted" };
        var stream = new Option<string?>("--stream") { Description = "Only access (standard output) or error (standard error)", HelpName = "access|error" };
        stream.AcceptOnlyFromAmong("access", "error");
        var tail = new Option<int>("--tail", "-n") { Description = "Lines from the end to begin with", DefaultValueFactory = _ => 100, HelpName = "N" };
        tail.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var n) && n is < 0 or > MostTail)
                result.AddError($"--tail: {n} is not between 0 and {MostTail}");
        });
        var command = new ExampleCommand("logs", "Prints what a service wrote.", """
            myapp logs orders
            myapp logs orders -f --stream error
            myapp logs orders --tail 1000 --output json
            """) { service, follow, stream, tail };
        return runner.Attach(command, (call, parse, ct) =>
        {
            var query = new LogQuery(call.RequireService(parse.GetValue(service)), call.Settings.Environment, parse.GetValue(stream), parse.GetValue(tail));
            return parse.GetValue(follow) ? FollowAsync(call, query, ct) : PrintAsync(call, query, ct);
        });
    }

    private static async Task<int> PrintAsync(Invocation call, LogQuery query, CancellationToken ct)
    {
        await using var control = call.Connect();
        var page = await control.ReadLogsAsync(query, ct);
        if (call.Screen.IsJson)
            call.Screen.Document(page, WireJson.Default.LogPage);
        else
            foreach (var line in page.Lines)
                Print(call, line);
        return ExitCode.Ok;
    }

    private static async Task<int> FollowAsync(Invocation call, LogQuery query, CancellationToken ct)
    {
        await using var control = call.Connect();
        await control.FollowLogsAsync(
            query,
            line =>
            {
                if (call.Screen.IsJson)
                    call.Screen.DocumentLine(line, WireJson.Default.LogLineView);
                else
                    Print(call, line);
            },
            reason => call.Screen.Error($"myapp: connection lost ({reason}), reconnecting …"),
            ct);
        return ExitCode.Ok;
    }

    private static void Print(Invocation call, LogLineView line)
    {
        var time = TimeZoneInfo.ConvertTime(line.Time, call.Host.Clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var tone = line.Stream == "error" ? Tone.Warning : Tone.Plain;
        call.Screen.Line(new Styled($"{time} {line.Instance} ", Tone.Faint), new Styled(call.Screen.IsTerminal ? TerminalText.CleanLine(line.Text) : line.Text, tone));
    }
}
