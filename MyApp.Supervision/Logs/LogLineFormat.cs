using System.Globalization;

namespace MyApp.Supervision.Logs;

/// <summary>
/// A line of the guard's log files: <c>2026-11-23T14:02:11.123456+00:00 orders-dev-2.0 text as the program wrote it</c>. The time has an
/// offset, the instance no space, and everything after the second space is the program's.
/// </summary>
public static class LogLineFormat
{
    /// <summary>Longer lines are stored as several, each but the last ending with <see cref="GoesOn"/>.</summary>
    public const int MaxTextBytes = 1_000_000;

    /// <summary>Ends a part of a line that was too long.</summary>
    public const string GoesOn = " [line goes on]";

    /// <summary>Characters of the time.</summary>
    public const int TimeLength = 32;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";

    /// <summary>What stands before the text, with the space.</summary>
    public static string Prefix(DateTimeOffset time, string instance) =>
        $"{time.ToString(TimeFormat, CultureInfo.InvariantCulture)} {instance} ";

    /// <summary>Stands where lines are missing.</summary>
    public static string Dropped(long lines) => $"[{lines} lines were dropped here: the log could not be written]";

    /// <param name="text">The beginning of a line, as long as a time.</param>
    public static bool TryParseTime(ReadOnlySpan<char> text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <returns>Where the program's text begins in a line; 0 where all of it is the program's.</returns>
    public static int TextStart(ReadOnlySpan<byte> line)
    {
        if (line.Length <= TimeLength || line[4] != (byte)'-' || line[10] != (byte)'T' || line[TimeLength] != (byte)' ')
            return 0;
        return TimeLength + 1 + line[(TimeLength + 1)..].IndexOf((byte)' ') + 1;
    }

    /// <returns>False for a line this format can't have written.</returns>
    public static bool TryParse(string line, out DateTimeOffset time, out string instance, out string text)
    {
        (instance, text) = ("", "");
        var first = line.IndexOf(' ', StringComparison.Ordinal);
        var second = first < 0 ? -1 : line.IndexOf(' ', first + 1);
        if (second < 0 || !TryParseTime(line.AsSpan(0, first), out time))
        {
            time = default;
            return false;
        }

        (instance, text) = (line[(first + 1)..second], line[(second + 1)..]);
        return true;
    }
}
