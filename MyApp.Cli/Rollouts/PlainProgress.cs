using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Rollouts;

/// <summary>A rollout as lines for a pipe or a file: <c>12:03:04 building  go build …  1.2s</c>.</summary>
internal sealed class PlainProgress(Screen screen, TimeProvider clock, bool several) : IRolloutWatcher
{
    private const int StateWidth = 12;

    private readonly Lock gate = new();

    public void OnEvent(RolloutEvent happened)
    {
        if (RolloutWords.Tell(happened) is not { } text)
            return;
        var lines = text.TrimEnd().Split('\n');
        var time = TimeZoneInfo.ConvertTime(happened.Time, clock.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var head = $"{time} {(several ? $"{happened.Service}  " : "")}{RolloutWords.Of(happened.State).PadRight(StateWidth)}";
        var duration = happened.Duration is { } d ? $"  {Words.Duration(d)}" : "";
        lock (gate)
        {
            screen.Progress($"{head}{lines[0]}{duration}".TrimEnd());
            foreach (var line in lines.Skip(1))
                screen.Progress(new string(' ', head.Length), line);
        }
    }

    public void OnReconnecting(string reason)
    {
        lock (gate)
            screen.Error($"myapp: connection lost ({reason}), reconnecting … the rollout goes on");
    }
}
