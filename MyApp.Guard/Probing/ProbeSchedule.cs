using MyApp.Supervision.Probes;

namespace MyApp.Guard.Probing;

/// <summary>Asks one probe at once, quickly until it first passes, and every period from then on, until disposed.</summary>
internal sealed class ProbeSchedule : IDisposable
{
    private readonly Asker asker;
    private readonly TimeProvider clock;
    private readonly TimeSpan period;
    private readonly Action<Action<ProbeAnswer>> ask;
    private readonly Action askAgain;
    private readonly Action<ProbeAnswer> take;
    private readonly Action<ProbeAnswer> onAnswer;
    private readonly long began;
    private readonly Lock gate = new();
    private bool eager;
    private bool scattered;
    private bool ended;

    /// <param name="ask">Asks once, and calls back with the answer.</param>
    /// <param name="eager">Something waits for it to pass, so it is asked at once; else some time within its period.</param>
    /// <param name="onAnswer">Not called any more once this is disposed: an answer is never taken for one of the next process.</param>
    public ProbeSchedule(Asker asker, TimeProvider clock, TimeSpan period, bool eager, Action<Action<ProbeAnswer>> ask, Action<ProbeAnswer> onAnswer)
    {
        (this.asker, this.clock, this.period, this.ask, this.onAnswer, this.eager) = (asker, clock, period, ask, onAnswer, eager);
        (askAgain, take) = (Ask, Take);
        began = clock.GetTimestamp();
        if (eager)
            Ask();
        else
            asker.After(Scatter(), askAgain);
    }

    public void Dispose()
    {
        lock (gate)
            ended = true;
    }

    private void Ask()
    {
        lock (gate)
        {
            if (ended)
                return;
        }

        ask(take);
    }

    private void Take(ProbeAnswer answer)
    {
        lock (gate)
        {
            if (ended)
                return;
            onAnswer(answer);
        }

        eager &= !answer.Passed;
        var pause = eager ? ProbePace.WhileWaiting(period, clock.GetElapsedTime(began)) : scattered ? period : Scatter();
        asker.After(pause, askAgain);
    }

    private TimeSpan Scatter()
    {
        scattered = true;
        return ProbePace.Scattered(period, Random.Shared.NextDouble());
    }
}
