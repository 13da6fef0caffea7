using System.Globalization;
using System.Text;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Logs.Rotation;

/// <summary>A logrotate configuration of one service, for where the guard does not rotate. logrotate 3.18 or later (<c>rotate -1</c>).</summary>
public static class LogrotateConfig
{
    private const int SecondsOfADay = 24 * 60 * 60;

    /// <param name="logs">Absolute folder of the logs.</param>
    /// <param name="rule">As resolved for the environment.</param>
    public static RotationConfig Write(string logs, string service, string environment, LogRule rule, LogWriter writer)
    {
        var (problems, notes) = (new List<string>(), new List<string>());
        if (logs.Any(c => c is '"' or '\\' or '*' or '?' or '[' or ']' or '{' or '}' || char.IsControl(c)))
            problems.Add($"the folder '{logs}' has characters that logrotate reads as a pattern: choose another with --logs");
        if (rule.MaxTotalBytes is not null)
            notes.Add("logs.maxTotal: logrotate has no bound over all files; size the disk for what the other rules keep");
        if (rule.KeepFor is { } keep && keep.TotalDays != Math.Floor(keep.TotalDays))
            notes.Add($"logs.keep: logrotate counts whole days and keeps {Days(keep)}");
        notes.Add(rule.Rotate == LogPeriod.Hour
            ? "logs.rotate: for hourly files logrotate must run every hour; Debian's timer runs it every day"
            : "logs.maxFile: looked at when logrotate runs, by Debian's timer every day, so a file may have grown beyond it by then");
        var text = problems.Count == 0 ? Text(Path.Combine(logs, environment, service), rule, writer, notes) : "";
        return new($"myapp-{service}-{environment}", "/etc/logrotate.d", text, problems, notes);
    }

    // https://github.com/logrotate/logrotate/blob/3.21.0/logrotate.8.in
    private static string Text(string folder, LogRule rule, LogWriter writer, IEnumerable<string> notes)
    {
        var text = new StringBuilder();
        foreach (var note in notes)
            Line(text, $"# {note}");
        Line(text, string.Join(' ', LogStreams.All.Select(stream => $"\"{Path.Combine(folder, $"{stream.Name()}.log")}\"")) + " {");
        foreach (var directive in Period(rule).Concat(Kept(rule)).Concat(Taking(writer)))
            Line(text, $"    {directive}");
        Line(text, "}");
        return text.ToString();
    }

    private static string[] Period(LogRule rule) => rule.Rotate switch
    {
        LogPeriod.Hour => ["hourly", $"maxsize {Number(rule.MaxFileBytes)}"],
        LogPeriod.Day => ["daily", $"maxsize {Number(rule.MaxFileBytes)}"],
        _ => [$"size {Number(rule.MaxFileBytes)}"],
    };

    // By seconds since 1970, as logrotate writes every other time in the host's zone. The youngest stays as it is, for who looks into it.
    private static IEnumerable<string> Kept(LogRule rule)
    {
        yield return $"rotate {(rule.KeepFiles is { } files ? Number(files) : "-1")}";
        if (rule.KeepFor is { } keep)
            yield return $"maxage {Number(Days(keep))}";
        foreach (var directive in (string[])["dateext", "dateformat -%s", "extension .log", "missingok", "notifempty", "compress", "delaycompress"])
            yield return directive;
    }

    private static string[] Taking(LogWriter writer) => writer switch
    {
        LogWriter.Guard => ["# The guard makes a moved file anew within a second; what it writes until then is in the moved one.", "nocopytruncate", "nocreate"],
        LogWriter.Signalled signalled =>
        [
            "nocopytruncate", "nocreate", "sharedscripts", "postrotate",
            $"    systemctl kill --kill-who=main --signal={signalled.Signal} {signalled.Unit}", "endscript",
        ],
        _ => ["# Who appends never opens again, so the file is copied and cut; what is written between the two is lost.", "copytruncate"],
    };

    private static long Days(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds / SecondsOfADay));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
