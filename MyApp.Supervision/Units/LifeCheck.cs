using MyApp.Supervision.Jobs;

namespace MyApp.Supervision.Units;

/// <summary>The part of <see cref="UnitCheck"/> about starting, ending, and how many at once.</summary>
internal static class LifeCheck
{
    public static void Problems(Unit unit, Action<bool, string> check)
    {
        check(unit.Restart.Initial < TimeSpan.Zero || unit.Restart.Max < unit.Restart.Initial, "restart: initial must not be negative or above max");
        check(unit.Restart.ResetAfter < TimeSpan.Zero, "restart.resetAfter: must not be negative");
        check(unit.Restart.NoRestartExits.Any(exit => exit is < 0 or > 255), "restart.noRestartExits: must be 0 to 255");
        check(unit.Stop.Grace < TimeSpan.Zero || unit.Stop.Drain < TimeSpan.Zero, "stop: durations must not be negative");
        check(!UnitCheck.IsCommand(unit.Stop.PreStop), "stop.preStop: must begin with an absolute path and hold no NUL");
        check(unit.Stop.Quit && unit.Stop.Grace <= StopRule.QuitBefore, "stop.quit: needs a grace of more than 5 s, as SIGQUIT is sent 5 s before its end");
        check(unit.OnDemand is { } demand && demand.IdleAfter <= TimeSpan.Zero, "onDemand.idleAfter: must be above zero");
        check(unit.OnDemand is not null && unit.Socket == SocketMode.None, "onDemand: needs socket: forward or inherit, as nobody else sees the first connection");
        check(unit.Rolling.MaxUnavailable < 0 || unit.Rolling.MaxSurge < 0, "rolling: must not be negative");
        check(unit.Rolling is { MaxUnavailable: 0, MaxSurge: 0 }, "rolling: one of maxUnavailable and maxSurge must be at least 1");
        check(unit.Rolling.MaxSurge > 0 && unit.Socket == SocketMode.None && unit.Ports.Count > 0,
            "rolling.maxSurge: several copies can't bind one port; use socket: forward or inherit");
        if (unit.Job is { } job)
            OfJob(unit, job, check);
    }

    private static void OfJob(Unit unit, JobRule job, Action<bool, string> check)
    {
        var problem = job.Schedule is { } schedule ? CronExpression.Problem(schedule) : null;
        check(problem is not null, $"job.schedule: {problem}");
        check(!TimeZoneInfo.TryFindSystemTimeZoneById(job.TimeZone, out _), $"job.timeZone: this machine knows no time zone '{job.TimeZone}'");
        check(job.Retries < 0, "job.retries: must not be negative");
        check(unit.Replicas > 1, "replicas: a job runs once at a time");
        check(unit.Socket != SocketMode.None, "socket: a job gets no connections from outside");
        check(unit.Restart.Policy == RestartPolicy.Always, "restart.policy: a job that completes is not started again; use onFailure or never");
    }
}
