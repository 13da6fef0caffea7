using MyApp.Supervision.Units;

namespace MyApp.Supervision.Probes;

public enum ProbeVerdict { Undecided, Passed, Failed }

/// <summary>Turns single answers into verdicts: so many in a row make one. The prober reports, this decides.</summary>
public sealed record ProbeTally(int Successes = 0, int Failures = 0)
{
    public static ProbeTally None { get; } = new();

    public ProbeTally Add(bool passed) => passed ? new(Next(Successes), 0) : new(0, Next(Failures));

    public ProbeVerdict Judge(Probe probe) =>
        Successes >= Math.Max(1, probe.Successes) ? ProbeVerdict.Passed
        : Failures >= Math.Max(1, probe.Failures) ? ProbeVerdict.Failed
        : ProbeVerdict.Undecided;

    /// <summary>Whether one more such answer says anything that those before have not. Of a thousand units that are well, nobody has to be told so every five seconds.</summary>
    public bool IsNews(Probe probe, bool passed) =>
        Judge(probe) is var before && (before == ProbeVerdict.Undecided || Add(passed).Judge(probe) != before);

    private static int Next(int count) => count == int.MaxValue ? count : count + 1;
}
