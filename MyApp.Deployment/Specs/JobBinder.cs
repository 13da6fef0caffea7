using MyApp.Supervision.Jobs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>A job, and what can't stand beside one.</summary>
internal static class JobBinder
{
    private static readonly string[] OfSchedule = ["timeZone", "missed"];

    /// <returns>Null: a service.</returns>
    public static JobRule? Bind(SpecSection root)
    {
        if (!root.Has("job"))
            return null;
        var job = root.Section("job");
        var defaults = new JobRule();
        var schedule = job.Text("schedule");
        if (schedule is not null && CronExpression.Problem(schedule) is { } problem)
            job.RefuseValue("schedule", $"job.schedule: {problem}", "write minute, hour, day of month, month and day of week, e.g. \"*/5 * * * *\"");
        foreach (var key in OfSchedule.Where(key => job.Has(key) && !job.Has("schedule")))
            job.Refuse(key, $"{job.PathOf(key)} says nothing without a schedule", "add job.schedule, or remove it");
        if (root.Number("replicas", 1, 1000) is > 1)
            root.Refuse("replicas", "a job runs once at a time", "remove 'replicas:'");
        return new()
        {
            Schedule = schedule,
            TimeZone = job.Checked("timeZone", IsTimeZone, "the name of a time zone this machine knows, e.g. Europe/Berlin") ?? defaults.TimeZone,
            Retries = job.Number("retries", 0, 1000) ?? defaults.Retries,
            Missed = job.Word("missed", ("skip", MissedRuns.Skip), ("once", MissedRuns.RunOnce)) ?? defaults.Missed,
        };
    }

    private static bool IsTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);
}
