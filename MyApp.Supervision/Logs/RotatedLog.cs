using System.Globalization;

namespace MyApp.Supervision.Logs;

/// <summary>
/// A log file that is no longer written: <c>access-20261123T140000.123Z.log</c>, or <c>access-1795442400.log</c> by seconds since 1970 where
/// logrotate rotates; <c>….log.gz</c> once compressed. Names of one kind and stream sort by time.
/// </summary>
/// <param name="Ended">When it was rotated: nothing in it is younger.</param>
public sealed record RotatedLog(LogStream Stream, DateTimeOffset Ended, bool Compressed, long Bytes = 0)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss.fff'Z'";
    private const int SecondsLength = 10;
    private const string Extension = ".log";
    private const string CompressedExtension = ".log.gz";

    /// <summary>Its name has the time in seconds.</summary>
    public bool BySeconds { get; init; }

    public string Name => $"{Stream.Name()}-{Time}{(Compressed ? CompressedExtension : Extension)}";

    private string Time => BySeconds
        ? Ended.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : Ended.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <returns>Null: not the name of a rotated log.</returns>
    public static RotatedLog? Parse(string name, long bytes = 0)
    {
        var compressed = name.EndsWith(CompressedExtension, StringComparison.Ordinal);
        if (!compressed && !name.EndsWith(Extension, StringComparison.Ordinal))
            return null;
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || LogStreams.Find(name[..dash]) is not { } stream)
            return null;
        var time = name.AsSpan()[(dash + 1)..^(compressed ? CompressedExtension : Extension).Length];
        if (time.Length == SecondsLength && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return new RotatedLog(stream, DateTimeOffset.FromUnixTimeSeconds(seconds), compressed, bytes) { BySeconds = true };
        return DateTimeOffset.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var ended)
            ? new RotatedLog(stream, ended, compressed, bytes) : null;
    }

    /// <param name="youngest">The last one rotated; null: there is none.</param>
    /// <returns>A time for the name of the next one: now, but after the youngest also when the clock was set back.</returns>
    public static DateTimeOffset NextTime(DateTimeOffset now, DateTimeOffset? youngest)
    {
        var rounded = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        return youngest is { } last && rounded <= last ? last.AddMilliseconds(1) : rounded;
    }
}
