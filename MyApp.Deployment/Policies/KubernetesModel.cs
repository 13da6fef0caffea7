using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>
/// The kubelet's restarts of a container in its Pod ("Pod Lifecycle", Container restart policy): at once, then after 10 s·2ⁿ up to
/// 300 s, from the start once no failure came for 10 minutes.
/// </summary>
internal sealed class KubernetesModel(Unit unit) : IRestartModel
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly bool restartsAlways = unit.Job is null;
    private readonly bool restartsNever = unit.Job is not null && unit.Restart.Policy == RestartPolicy.Never;
    private TimeSpan? lastEnd;
    private TimeSpan next;
    private int failures;

    public IReadOnlyList<string> Settings => unit.Job is { } job
        ? ["kind: Job", $"restartPolicy: {(restartsNever ? "Never" : "OnFailure")}", $"backoffLimit: {(restartsNever ? 0 : job.Retries)}"]
        : ["kind: Deployment", "restartPolicy: Always"];

    public IReadOnlyList<string> Notes =>
    [
        .. restartsAlways && unit.Restart.Policy != RestartPolicy.Always
            ? new[] { $"a Deployment knows restartPolicy Always only: {RuleText.Policy(unit.Restart.Policy)} is not kept" }
            : [],
        $"initial, max and resetAfter are the kubelet's own, and exits {RuleText.Exits(unit.Restart)} are like any other",
        "ready or not makes no difference; nobody is told",
    ];

    public SimulatedRun Run(int number, TimeSpan start, PlannedExit planned)
    {
        var ended = planned.Within(unit.Startup);
        var words = ended.Cause.Describe();
        var run = new SimulatedRun { Number = number, Start = start, Ready = ended.Ready, End = start + ended.After, Reason = words, Then = AfterExit.Completed };
        if (!restartsAlways && ended.Cause.IsSuccess)
            return run with { Reason = $"{words}: Complete" };
        failures++;
        if (unit.Job is { } job && (restartsNever || failures > job.Retries))
            return run with { Then = AfterExit.GivenUp, Reason = $"{words}: {(restartsNever ? "Failed" : "BackoffLimitExceeded")}" };
        var pause = NextPause(run.End);
        var isBackingOff = pause > TimeSpan.Zero;
        return run with { Then = AfterExit.Restart, Pause = PauseRange.Of(pause), CrashLoop = isBackingOff, Reason = isBackingOff ? $"{words}: CrashLoopBackOff" : words };
    }

    // client-go's flowcontrol.Backoff: an entry is forgotten when the last failure is longer ago than twice the longest pause.
    private TimeSpan NextPause(TimeSpan end)
    {
        var isKnown = lastEnd is { } last && end - last <= Forgotten;
        var pause = isKnown ? next : TimeSpan.Zero;
        next = !isKnown ? First : next * 2 > Longest ? Longest : next * 2;
        lastEnd = end;
        return pause;
    }
}
