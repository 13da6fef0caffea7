namespace MyApp.Supervision.Jobs;

/// <summary>
/// Minute, hour, day of month, month and day of week as crontab(5) has them: where both days are restricted, either will do. A fixed
/// hour that the clock skips runs as much later as it skips, and one that comes twice runs once; with <c>*</c> for the hour real time counts.
/// </summary>
public sealed class CronExpression
{
    // Long enough for 29 February over a century that is no leap year.
    private const int MostYears = 9;
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly CronField minute;
    private readonly CronField hour;
    private readonly CronField day;
    private readonly CronField month;
    private readonly CronField weekday;

    private CronExpression(ReadOnlySpan<CronField> fields) => (minute, hour, day, month, weekday) = (fields[0], fields[1], fields[2], fields[3], fields[4]);

    /// <summary>Throws <see cref="FormatException"/> with what <see cref="Problem"/> says.</summary>
    public static CronExpression Parse(string text) => Read(text) switch
    {
        ({ } cron, _) => cron,
        (_, var problem) => throw new FormatException(problem),
    };

    /// <summary>What is wrong with a text, in words; null: nothing.</summary>
    public static string? Problem(string text) => Read(text).Problem;

    /// <summary>The first time after <paramref name="after"/>.</summary>
    public DateTimeOffset Next(DateTimeOffset after, TimeZoneInfo zone) =>
        (hour.IsStar ? NextByInstant(after, zone) : NextByWallClock(after, zone))
        ?? throw new InvalidOperationException("a schedule whose time never comes was let through");

    private static (CronExpression? Cron, string? Problem) Read(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 5)
            return (null, $"five fields are needed and {words.Length} are there");
        (string Name, CronField? Field)[] fields =
        [
            ("minute", CronField.Parse(words[0], 0, 59, [])),
            ("hour", CronField.Parse(words[1], 0, 23, [])),
            ("day of month", CronField.Parse(words[2], 1, 31, [])),
            ("month", CronField.Parse(words[3], 1, 12, Months)),
            ("day of week", CronField.Parse(words[4], 0, 7, Days)),
        ];
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Field is null)
                return (null, $"'{words[i]}' is no {fields[i].Name}");
        }

        var cron = new CronExpression([.. fields.Select(field => field.Field!.Value)]);
        return cron.EverComes() ? (cron, null) : (null, "there is no such day in any year");
    }

    private bool EverComes()
    {
        // 2000 is a leap year.
        for (var m = 1; m <= 12; m++)
        {
            for (var d = 1; month.Has(m) && d <= DateTime.DaysInMonth(2000, m); d++)
            {
                if (day.Has(d) || (!day.IsStar && !weekday.IsStar))
                    return true;
            }
        }

        return false;
    }

    private bool HasDay(DateTime local)
    {
        if (!month.Has(local.Month))
            return false;
        var byDay = day.Has(local.Day);
        // 7 is Sunday too.
        var byWeekday = weekday.Has((int)local.DayOfWeek) || (local.DayOfWeek == DayOfWeek.Sunday && weekday.Has(7));
        return day.IsStar || weekday.IsStar ? byDay && byWeekday : byDay || byWeekday;
    }

    private DateTimeOffset? NextByInstant(DateTimeOffset after, TimeZoneInfo zone)
    {
        var at = Minute(after.ToUniversalTime()).AddMinutes(1);
        for (var last = at.AddYears(MostYears); at < last;)
        {
            var local = TimeZoneInfo.ConvertTime(at, zone);
            if (!HasDay(local.DateTime) || !hour.Has(local.Hour))
                at = at.AddMinutes(60 - local.Minute);
            else if (minute.Has(local.Minute))
                return local;
            else
                at = at.AddMinutes(1);
        }

        return null;
    }

    private DateTimeOffset? NextByWallClock(DateTimeOffset after, TimeZoneInfo zone)
    {
        // An hour back, for a time that a jump of the clock has moved behind 'after'.
        var local = Minute(TimeZoneInfo.ConvertTime(after, zone)).DateTime.AddHours(-1);
        for (var last = local.AddYears(MostYears); local < last;)
        {
            if (!HasDay(local))
                local = local.Date.AddDays(1);
            else if (!hour.Has(local.Hour))
                local = local.Date.AddHours(local.Hour + 1);
            else if (minute.Has(local.Minute) && Instant(local, zone) is var at && at > after)
                return at;
            else
                local = local.AddMinutes(1);
        }

        return null;
    }

    // Of a time that comes twice the first; one that is skipped is read by the offset before the jump.
    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return TimeZoneInfo.ConvertTime(new DateTimeOffset(local, offset), zone);
    }

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerMinute), at.Offset);
}
