using System.Globalization;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Logs;

/// <summary>The time from which lines are wanted, as a person writes it.</summary>
public static class LogTime
{
    public const string Shape = "a duration such as 15m, 1h or 2d, or a time such as 2026-11-23T14:00:00Z";

    /// <summary>A duration is counted back from now; a time without an offset is UTC. Null: neither.</summary>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        if (Quantities.Duration(text) is { } ago)
            return now - ago;
        string[] formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }
}
