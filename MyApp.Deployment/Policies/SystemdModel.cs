using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>systemd 254 and later without anything of ours between it and the program: systemd.service(5), systemd.unit(5).</summary>
internal sealed class SystemdModel(Unit unit) : IRestartModel
{
    private const int Burst = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // SIGHUP, SIGINT, SIGPIPE and SIGTERM end a service cleanly.
    private static readonly int[] CleanSignals = [1, 2, 13, 15];

    private readonly RestartRule rule = unit.Restart;
    private int restarts;
    private TimeSpan windowBegan;
    private int startsInWindow;

    // As many steps as doublings lead from the first pause to the longest.
    private int Steps => Math.Max(1, (int)Math.Ceiling(Math.Log2(Math.Max(1, rule.Max / rule.Initial))));

    public IReadOnlyList<string> Settings =>
    [
        $"Restart={(rule.Policy == RestartPolicy.Never ? "no" : RuleText.Policy(rule.Policy))}", $"RestartSec={RuleText.Duration(rule.Initial)}", $"RestartSteps={Steps}",
        $"RestartMaxDelaySec={RuleText.Duration(rule.Max)}", $"RestartPreventExitStatus={RuleText.Exits(rule)}",
        $"StartLimitBurst={Burst}", $"StartLimitIntervalSec={RuleText.Duration(Interval)}",
    ];

    public IReadOnlyList<string> Notes =>
    [
        "the pauses grow with every restart and never begin anew by themselves: only a stop, a start or reset-failed does that",
        "no chance in the pauses: services that fail together start together",
        "a crash loop is not named; at the start limit it stays failed",
    ];

    public SimulatedRun Run(int number, TimeSpan start, PlannedExit planned)
    {
        if (number == 1)
            IsWithinLimit(start);
        var ended = planned.Within(unit.Startup);
        var run = new SimulatedRun { Number = number, Start = start, Ready = ended.Ready, End = start + ended.After, Reason = ended.Cause.Describe(), Then = AfterExit.Completed };
        var isClean = IsClean(ended.Cause) && ended == planned;
        if (ended.Cause.Kind == ExitKind.Exited && rule.NoRestartExits.Contains(ended.Cause.Code))
            return run with { Then = AfterExit.GivenUp, Reason = $"{run.Reason}: RestartPreventExitStatus" };
        if (rule.Policy == RestartPolicy.Never || (rule.Policy == RestartPolicy.OnFailure && isClean))
            return run with { Then = isClean ? AfterExit.Completed : AfterExit.GivenUp, Reason = $"{run.Reason}: {(isClean ? "inactive" : "failed")}" };
        var pause = NextPause();
        return IsWithinLimit(run.End + pause)
            ? run with { Then = AfterExit.Restart, Pause = PauseRange.Of(pause) }
            : run with { Then = AfterExit.GivenUp, Alert = true, Reason = $"{run.Reason}: over the start limit with the next start, {RuleText.Duration(pause)} later" };
    }

    private static bool IsClean(ExitCause cause) => cause.IsSuccess || (cause.Kind == ExitKind.Killed && CleanSignals.Contains(cause.Code));

    // service_restart_usec_next() of src/core/service.c.
    private TimeSpan NextPause()
    {
        var next = ++restarts;
        if (next <= 1 || rule.Initial == TimeSpan.Zero || rule.Initial >= rule.Max)
            return rule.Initial;
        return next > Steps ? rule.Max : rule.Initial * Math.Pow(rule.Max / rule.Initial, (next - 1) / (double)Steps);
    }

    // ratelimit_below() of src/basic/ratelimit.c: the interval begins with the first start after the last one is over.
    private bool IsWithinLimit(TimeSpan start)
    {
        if (startsInWindow == 0 || start - windowBegan > Interval)
            (windowBegan, startsInWindow) = (start, 0);
        return ++startsInWindow <= Burst;
    }
}
