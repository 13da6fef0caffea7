using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Builds;

/// <summary>Lines of builds' logs for people: <c>12:03:04 linux/amd64  compile: go1.19.8 (9.4 MiB, 35.1 s)</c>.</summary>
internal sealed class BuildLines(Screen screen, TimeProvider clock)
{
    private readonly Lock gate = new();

    /// <summary>One that belongs to the result.</summary>
    /// <param name="service">Null: there is only one.</param>
    public void Print(string? service, BuildLogLine line)
    {
        lock (gate)
            screen.Line(new Styled(Head(service, line), Tone.Faint), Text(line));
    }

    /// <summary>One on the way to the result.</summary>
    /// <inheritdoc cref="Print" path="/param"/>
    public void Tell(string? service, BuildLogLine line)
    {
        lock (gate)
            screen.Progress(new Styled(Head(service, line), Tone.Faint), Text(line));
    }

    public void TellReconnecting(string reason)
    {
        lock (gate)
            screen.Error($"myapp: connection lost ({reason}), reconnecting … the build goes on");
    }

    private string Head(string? service, BuildLogLine line)
    {
        var time = TimeZoneInfo.ConvertTime(line.Time, clock.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{time} {(service is null ? "" : $"{service} ")}{(line.Platform is null ? "" : $"{line.Platform}  ")}";
    }

    private string Text(BuildLogLine line) => screen.IsTerminal ? TerminalText.CleanLine(line.Text) : line.Text;
}
