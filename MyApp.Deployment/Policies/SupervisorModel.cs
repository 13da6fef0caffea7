using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>Supervisor without anything of ours between it and the program: supervisord's process.py and its documentation of subprocess states.</summary>
internal sealed class SupervisorModel(Unit unit) : IRestartModel
{
    private const int Retries = 3;
    private static readonly TimeSpan StartSeconds = TimeSpan.FromSeconds(1);

    private readonly RestartPolicy policy = unit.Restart.Policy;
    private int backoff;

    public IReadOnlyList<string> Settings =>
    [
        $"autorestart={policy switch { RestartPolicy.OnFailure => "unexpected", RestartPolicy.Never => "false", _ => "true" }}",
        "exitcodes=0", $"startsecs={StartSeconds.TotalSeconds:0}", $"startretries={Retries}",
    ];

    public IReadOnlyList<string> Notes =>
    [
        "it knows no probes: up for startsecs is RUNNING, whether ready or not, and such a program is started again at once, for ever",
        $"one that ends within startsecs is tried again whatever autorestart says, after 1 s, 2 s, 3 s, and is FATAL after {Retries} retries",
        $"initial, max and resetAfter have no key, and exits {RuleText.Exits(unit.Restart)} are like any other",
    ];

    public SimulatedRun Run(int number, TimeSpan start, PlannedExit planned)
    {
        var words = planned.Cause.Describe();
        var run = new SimulatedRun { Number = number, Start = start, Ready = planned.After > StartSeconds, End = start + planned.After, Reason = words, Then = AfterExit.Completed };
        if (!run.Ready)
            return TooQuick(run, words);
        backoff = 0;
        var isRestarted = policy == RestartPolicy.Always || (policy == RestartPolicy.OnFailure && !planned.Cause.IsSuccess);
        return isRestarted
            ? run with { Then = AfterExit.Restart, Pause = PauseRange.Of(TimeSpan.Zero) }
            : run with { Then = planned.Cause.IsSuccess ? AfterExit.Completed : AfterExit.GivenUp, Reason = $"{words}: EXITED" };
    }

    private SimulatedRun TooQuick(SimulatedRun run, string words)
    {
        backoff++;
        return backoff > Retries
            ? run with { Then = AfterExit.GivenUp, Alert = true, Reason = $"{words}: FATAL, exited too quickly {backoff} times" }
            : run with { Then = AfterExit.Restart, Pause = PauseRange.Of(TimeSpan.FromSeconds(backoff)), Reason = $"{words}: BACKOFF" };
    }
}
