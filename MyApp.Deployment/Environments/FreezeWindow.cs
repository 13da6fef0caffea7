using System.Globalization;

namespace MyApp.Deployment.Environments;

/// <summary>A time in which nothing new is shipped to an environment.</summary>
/// <param name="From">The first moment.</param>
/// <param name="Until">The first moment after it.</param>
/// <param name="Reason">For whom it stops.</param>
/// <param name="Environment">The one that has it written.</param>
public sealed record FreezeWindow(DateTimeOffset From, DateTimeOffset Until, string Reason, string Environment)
{
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public bool Holds(DateTimeOffset now) => From <= now && now < Until;

    /// <summary>When it begins: a day means its first moment. UTC, unless an offset is written.</summary>
    /// <returns>Null: neither a day nor a time.</returns>
    public static DateTimeOffset? ParseFrom(string text) => Day(text) ?? Time(text);

    /// <summary>When it is over: a day means its end, as it is the last of the window.</summary>
    /// <inheritdoc cref="ParseFrom" path="/returns"/>
    public static DateTimeOffset? ParseUntil(string text) => Day(text)?.AddDays(1) ?? Time(text);

    /// <summary>A moment of it as people are told it, e.g. <c>2027-01-04 00:00Z</c>.</summary>
    public static string Shown(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Day(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && day.Year < 9999 ? day : null;

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;
}
