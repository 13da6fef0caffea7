using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Jobs;

namespace MyApp.Tests.Supervision;

public sealed class CronTests
{
    [Theory]
    [InlineData("*/5 * * * *", "2026-03-01T10:02:30Z", "2026-03-01T10:05:00Z")]
    [InlineData("*/5 * * * *", "2026-03-01T10:05:00Z", "2026-03-01T10:10:00Z")]
    [InlineData("30 2 * * *", "2026-03-01T02:30:00Z", "2026-03-02T02:30:00Z")]
    [InlineData("0 9 * * mon-fri", "2026-03-06T10:00:00Z", "2026-03-09T09:00:00Z")]
    [InlineData("0 0 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z")]
    [InlineData("0 0 13 * fri", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("0 0 29 feb *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z")]
    [InlineData("0,30 8-10/2 1 jan,jul *", "2026-01-01T08:30:00Z", "2026-01-01T10:00:00Z")]
    [InlineData("10/20 * * * *", "2026-01-01T08:30:00Z", "2026-01-01T08:50:00Z")]
    public void Next_InUtc_IsTheFirstAfter(string schedule, string after, string expected) => Assert.Equal(At(expected), Next(schedule, after, "UTC"));

    [Theory]
    // 02:00 to 03:00 does not exist on 29 March 2026, and comes twice on 25 October.
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("30 2 * * *", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z")]
    public void Next_WhereTheClockJumps_RunsAFixedHourOnceAndEveryHourEachHour(string schedule, string after, string expected) =>
        Assert.Equal(At(expected), Next(schedule, after, "Europe/Berlin"));

    [Theory]
    [InlineData("", "five fields")]
    [InlineData("* * * *", "five fields")]
    [InlineData("* * * * * *", "five fields")]
    [InlineData("60 * * * *", "'60' is no minute")]
    [InlineData("* 24 * * *", "'24' is no hour")]
    [InlineData("* * 0 * *", "'0' is no day of month")]
    [InlineData("* * * 13 *", "'13' is no month")]
    [InlineData("* * * * 8", "'8' is no day of week")]
    [InlineData("*/0 * * * *", "'*/0' is no minute")]
    [InlineData("5-1 * * * *", "'5-1' is no minute")]
    [InlineData("1,,2 * * * *", "'1,,2' is no minute")]
    [InlineData("-1 * * * *", "'-1' is no minute")]
    [InlineData("@daily * * * *", "'@daily' is no minute")]
    [InlineData("0 0 30 2 *", "no such day")]
    [InlineData("0 0 31 4,6,9,11 *", "no such day")]
    public void Problem_OfWhatIsNoSchedule_SaysWhy(string text, string why) => Assert.Contains(why, CronExpression.Problem(text));

    // Where both days are restricted Cronos wants both, and crontab(5) either; so at most one is, here.
    [Fact]
    public void Next_OfAnyScheduleInUtc_IsAsCronosHasIt() => Prop.ForAll(
        Schedules().ToArbitrary(), Gen.Choose(0, 20 * 366 * 24 * 60).ToArbitrary(), (schedule, minutes) =>
        {
            var after = At("2024-01-01T00:00:00Z").AddMinutes(minutes).AddSeconds(minutes % 60);
            var peer = Cronos.CronExpression.Parse(schedule).GetNextOccurrence(after, TimeZoneInfo.Utc);
            return peer is null ? CronExpression.Problem(schedule) is not null : peer == CronExpression.Parse(schedule).Next(after, TimeZoneInfo.Utc);
        }).QuickCheckThrowOnFailure();

    private static Gen<string> Schedules() =>
        from minute in Field(0, 59)
        from hour in Field(0, 23)
        from day in Field(1, 28)
        from month in Field(1, 12)
        from weekday in Field(0, 6)
        from which in Gen.Choose(0, 1)
        select $"{minute} {hour} {(which == 0 ? day : "*")} {month} {(which == 0 ? "*" : weekday)}";

    private static Gen<string> Field(int least, int most)
    {
        var number = Gen.Choose(least, most).Select(n => n.ToString(CultureInfo.InvariantCulture));
        var range = from a in Gen.Choose(least, most) from b in Gen.Choose(a, most) select $"{a}-{b}";
        var stepped = from r in range from s in Gen.Choose(1, most) select $"{r}/{s}";
        var list = from a in number from b in range select $"{a},{b}";
        return Gen.OneOf(Gen.Constant("*"), number, range, stepped, list, Gen.Choose(1, most).Select(s => $"*/{s}"));
    }

    private static DateTimeOffset Next(string schedule, string after, string zone) =>
        CronExpression.Parse(schedule).Next(At(after), TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
