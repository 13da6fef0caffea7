using System.Globalization;

namespace MyApp.Cli.Output;

/// <summary>Amounts in a person's words.</summary>
internal static class Words
{
    private static readonly string[] Sizes = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>850ms</c>, <c>1.2s</c>, <c>2m 05s</c>, <c>3h 10m</c>, <c>4d 2h</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.Zero)
            time = TimeSpan.Zero;
        return time switch
        {
            { TotalSeconds: < 1 } => Invariant($"{time.TotalMilliseconds:0}ms"),
            { TotalSeconds: < 60 } => Invariant($"{Math.Floor(time.TotalSeconds * 10) / 10:0.0}s"),
            { TotalMinutes: < 60 } => Invariant($"{time.Minutes}m {time.Seconds:00}s"),
            { TotalHours: < 24 } => Invariant($"{time.Hours}h {time.Minutes:00}m"),
            _ => Invariant($"{time.Days}d {time.Hours}h"),
        };
    }

    /// <summary>How long something has lasted; whole units only: <c>12s</c>, <c>3m</c>, <c>5h</c>, <c>4d</c>.</summary>
    public static string Age(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => Invariant($"{Math.Max(0, (int)time.TotalSeconds)}s"),
        { TotalMinutes: < 60 } => Invariant($"{(int)time.TotalMinutes}m"),
        { TotalHours: < 24 } => Invariant($"{(int)time.TotalHours}h"),
        _ => Invariant($"{time.Days}d"),
    };

    /// <summary><c>512 B</c>, <c>1.5 KiB</c>, <c>12.3 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var amount = (double)bytes;
        var unit = 0;
        while (amount >= 1024 && unit < Sizes.Length - 1)
        {
            amount /= 1024;
            unit++;
        }

        return unit == 0 ? Invariant($"{bytes} B") : Invariant($"{amount:0.0} {Sizes[unit]}");
    }

    /// <summary><c>1 error</c>, <c>2 errors</c>.</summary>
    public static string Count(int count, string one) => Invariant($"{count} {one}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
