using System.Globalization;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;

namespace MyApp.Api.Console;

/// <summary>How the console writes sizes, times and names. Invariant: the same value reads the same everywhere.</summary>
public static class ConsoleText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
            (value, unit) = (value / 1024, unit + 1);
        var format = unit == 0 || Math.Abs(value) >= 100 ? "0" : "0.0";
        return Invariant($"{value.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    public static string Percent(double percent) =>
        percent.ToString(percent >= 10 ? "0" : "0.0", CultureInfo.InvariantCulture) + " %";

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1 } => "0 ms",
        { TotalSeconds: < 1 } => Invariant($"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => Invariant($"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    /// <summary>The script words ages the same way (<c>age</c> in console.js).</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalSeconds: < 60 } => Invariant($"{(int)age.TotalSeconds} s ago"),
        { TotalHours: < 1 } => Invariant($"{(int)age.TotalMinutes} min ago"),
        { TotalDays: < 2 } => Invariant($"{(int)age.TotalHours} h ago"),
        _ => Invariant($"{(int)age.TotalDays} d ago"),
    };

    public static string Utc(DateTimeOffset time) => Invariant($"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The first twelve digits of a digest, enough to tell artifacts apart by eye.</summary>
    public static string ShortDigest(string digest)
    {
        var value = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return value.Length > 12 ? value[..12] : value;
    }

    /// <summary>The whole commit, and where it is.</summary>
    public static string Whole(VcsState vcs) => $"{(vcs.Remote is { } remote ? $"{remote} " : "")}{vcs.Commit}{(vcs.Dirty ? ", with uncommitted changes" : "")}";

    /// <summary><c>crashLoop</c> and <c>RollingBack</c> as a person writes them: <c>crash loop</c>, <c>rolling back</c>.</summary>
    public static string Words(string name)
    {
        var words = new System.Text.StringBuilder(name.Length + 2);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && words.Length > 0)
                words.Append(' ');
            words.Append(char.ToLowerInvariant(c));
        }

        return words.ToString();
    }

    /// <summary>Where a build stands in the queue.</summary>
    public static string Ahead(int builds) => builds switch
    {
        0 => "next",
        1 => "after another",
        _ => Invariant($"after {builds} others"),
    };

    public static string Took(BuildView build) => build switch
    {
        { StartedAt: { } began, EndedAt: { } ended } => Duration(ended - began),
        { StartedAt: not null } => "under way",
        _ => "–",
    };

    public static string Kind(RolloutKind kind) => kind.ToString();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
