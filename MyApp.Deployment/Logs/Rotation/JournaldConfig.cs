using System.Globalization;
using System.Text;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Logs.Rotation;

/// <summary>
/// journald's configuration of a namespace of one service's own, for where its unit writes to the journal; the unit needs <c>LogNamespace=</c>.
/// systemd 245 or later.
/// </summary>
public static class JournaldConfig
{
    /// <param name="rule">As resolved for the environment.</param>
    public static RotationConfig Write(string service, string environment, LogRule rule)
    {
        var (problems, notes) = (new List<string>(), new List<string>());
        var name = $"{service}-{environment}";
        if (rule.ClassifyBy is not null)
            problems.Add($"{service}: logs.classifyBy: journald does not tell lines apart by a member; leave it out, and filter what is read with 'journalctl --grep'");
        if (Total(rule) is null)
            problems.Add($"{service}: logs.maxTotal: journald always bounds a journal, unless told otherwise at 4 GiB, and would throw away what logs.keep keeps; write logs.maxTotal, e.g. 2Gi");
        if (rule.MaxTotalBytes is null && rule.KeepFiles is not null)
            notes.Add("logs.files: a journal holds all streams, so it has files for all of them together");
        if (rule.Rotate != LogPeriod.None)
            notes.Add("logs.rotate: journald counts the time from a file's beginning, not from the hour or midnight");
        return new($"journald@{name}.conf", "/etc/systemd", problems.Count == 0 ? Text(name, rule, notes) : "", problems, notes);
    }

    /// <summary>One configuration for all of a host's services, in which none has a namespace: it holds only one rule.</summary>
    /// <param name="services">Each with its rule; at least one.</param>
    public static RotationConfig WriteShared(string environment, IReadOnlyList<(string Service, LogRule Rule)> services)
    {
        var (first, rule) = services[0];
        var config = Write(first, environment, rule);
        var problems = config.Problems.Concat(services.Where(each => Settings(each.Rule) is var settings && !settings.SequenceEqual(Settings(rule)))
            .Select(each => $"{each.Service}: logs: journald keeps all services of a host alike outside of a namespace, and {first} is kept otherwise; leave out --shared")).ToList();
        return config with { Name = "50-myapp.conf", Place = "/etc/systemd/journald.conf.d", Problems = problems, Text = problems.Count == 0 ? Text(null, rule, config.Notes) : "" };
    }

    // https://www.freedesktop.org/software/systemd/man/252/journald.conf.html
    private static string Text(string? name, LogRule rule, IEnumerable<string> notes)
    {
        var text = new StringBuilder();
        foreach (var note in notes)
            text.Append("# ").Append(note).Append('\n');
        if (name is not null)
            text.Append("# In the unit: LogNamespace=").Append(name).Append("; to be read with: journalctl --namespace ").Append(name).Append('\n');
        text.Append("[Journal]\n");
        foreach (var (key, value) in Settings(rule))
            text.Append(key).Append('=').Append(value).Append('\n');
        return text.ToString();
    }

    // A limit that is not written is one of journald's own, so each is, 0 where time does not count.
    private static IEnumerable<(string Key, string Value)> Settings(LogRule rule)
    {
        yield return ("Storage", "persistent");
        yield return ("SystemMaxUse", Number(Total(rule) ?? 0));
        yield return ("SystemMaxFileSize", Number(rule.MaxFileBytes));
        if (rule.KeepFiles is { } files)
            yield return ("SystemMaxFiles", Number(Math.Max(1, (long)files * LogStreams.All.Count)));
        yield return ("MaxRetentionSec", Number((long)Math.Ceiling((rule.KeepFor ?? TimeSpan.Zero).TotalSeconds)));
        yield return ("MaxFileSec", rule.Rotate switch { LogPeriod.Hour => "1h", LogPeriod.Day => "1day", _ => "0" });
    }

    private static long? Total(LogRule rule) => rule.MaxTotalBytes ?? (rule.KeepFiles is { } files ? (files + 1L) * LogStreams.All.Count * rule.MaxFileBytes : null);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
