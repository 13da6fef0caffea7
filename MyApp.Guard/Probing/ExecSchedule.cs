using MyApp.Guard.Spawning;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Probing;

/// <summary>A probe that is a program: run as the instance's own is, and passed when it exits with 0. One that runs when the asking ends is killed.</summary>
internal sealed class ExecSchedule : IDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly ProbeSchedule schedule;
    private readonly TimeProvider clock;

    public ExecSchedule(Asker asker, TimeProvider clock, ShortRun programs, Probe probe, Func<ProgramOrder> program, bool eager, Action<ProbeAnswer> onAnswer)
    {
        this.clock = clock;
        var ct = end.Token;
        schedule = new ProbeSchedule(
            asker, clock, probe.Period, eager, take => _ = Task.Run(() => AskAsync(programs, probe, program, take, ct), ct), onAnswer);
    }

    public void Dispose()
    {
        schedule.Dispose();
        end.Cancel();
    }

    private async Task AskAsync(ShortRun programs, Probe probe, Func<ProgramOrder> program, Action<ProbeAnswer> take, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var outcome = await programs.RunAsync(program, probe.Timeout, ct);
        take(new ProbeAnswer(outcome.Succeeded, $"exec {probe.Exec[0]}: {outcome.Text}") { Took = clock.GetElapsedTime(began) });
    }
}
