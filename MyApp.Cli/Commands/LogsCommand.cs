using System.CommandLine;
using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Supervision.Logs;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp logs SERVICE</c>.</summary>
internal static class LogsCommand
{
    private const int MostTail = 100_000;
    private const int DefaultTail = 100;
    private const int TailSince = 10_000;

    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Whose lines");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines until interrupted" };
        var stream = new Option<string?>("--stream") { Description = "Only access (standard output), error (standard error) or trace", HelpName = "access|error|trace" };
        stream.AcceptOnlyFromAmong("access", "error", "trace");
        var since = new Option<string?>("--since") { Description = $"Only lines from then on: {LogTime.Shape}", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Only lines up to then, as --since; not with --follow", HelpName = "TIME" };
        var grep = new Option<string?>("--grep") { Description = "Only lines that match this regular expression, of all that are kept", HelpName = "RE" };
        var tail = new Option<int?>("--tail", "-n") { Description = "Lines from the end to begin with (default: 100; with --since or --until all, up to 10000)", HelpName = "N" };
        tail.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var n) && n is < 0 or > MostTail)
                result.AddError($"--tail: {n} is not between 0 and {MostTail}");
        });
        var command = new ExampleCommand("logs", "Prints what a service wrote.", """
            myapp logs orders
            myapp logs orders -f --stream error
            myapp logs orders --tail 1000 --output json
            myapp logs orders --since 1h --grep 'status=5..'
            myapp logs orders --since 2026-11-23T14:00 --until 2026-11-23T14:05
            """) { service, follow, stream, tail, since, until, grep };
        return runner.Attach(command, (call, parse, ct) =>
        {
            var (from, to) = (Time(call, since, parse), Time(call, until, parse));
            var lines = parse.GetValue(tail) ?? ((from ?? to) is null ? DefaultTail : TailSince);
            var only = parse.GetValue(stream) is { } name ? LogStreams.Find(name) : null;
            var query = new LogQuery(call.RequireService(parse.GetValue(service)), call.Settings.Environment, only, lines) { Since = from, Until = to, Pattern = Pattern(parse.GetValue(grep)) };
            if (to is not null && parse.GetValue(follow))
                throw new CommandFailedException(ExitCode.BadInput, "--until: what is followed has no end; leave out --follow or --until");
            return parse.GetValue(follow) ? FollowAsync(call, query, ct) : PrintAsync(call, query, ct);
        });
    }

    private static DateTimeOffset? Time(Invocation call, Option<string?> option, ParseResult parse)
    {
        if (parse.GetValue(option) is not { } text)
            return null;
        return LogTime.Parse(text, call.Host.Clock.GetUtcNow()) ?? throw new CommandFailedException(ExitCode.BadInput, $"{option.Name}: '{text}' is not {LogTime.Shape}");
    }

    private static LogPattern? Pattern(string? text)
    {
        if (text is null)
            return null;
        return LogPattern.Read(text, out var problem) ?? throw new CommandFailedException(ExitCode.BadInput, $"--grep: {problem}");
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
