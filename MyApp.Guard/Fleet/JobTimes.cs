using MyApp.Supervision.Jobs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>When a job is due.</summary>
internal static class JobTimes
{
    /// <returns>Gives the first time of the schedule after another one; null where there is no schedule.</returns>
    public static Func<DateTimeOffset, DateTimeOffset?> Of(JobRule? job)
    {
        if (job?.Schedule is not { } schedule)
            return _ => null;
        var cron = CronExpression.Parse(schedule);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(job.TimeZone);
        return after => cron.Next(after, zone);
    }
}
