using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Probes;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

public sealed class ProbeTallyTests
{
    private static readonly Probe Probe = new() { Tcp = true, Successes = 2, Failures = 3 };

    [Fact]
    public void Answers_OfOneKind_AreNewsUntilTheVerdict()
    {
        var told = new List<bool>();
        var tally = ProbeTally.None;
        foreach (var passed in new[] { true, true, true, true, false, true, true, false, false, false, false })
        {
            told.Add(tally.IsNews(Probe, passed));
            tally = tally.Add(passed);
        }

        Assert.Equal([true, true, false, false, true, true, true, true, true, true, false], told);
    }

    [Fact]
    public void Verdicts_OfThoseWhoHearOnlyNews_AreThoseOfWhoHearAll() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<bool[]>(),
        answers =>
        {
            var (all, heard) = (ProbeTally.None, ProbeTally.None);
            foreach (var passed in answers)
            {
                heard = all.IsNews(Probe, passed) ? heard.Add(passed) : heard;
                all = all.Add(passed);
                if (all.Judge(Probe) != heard.Judge(Probe))
                    return false;
            }

            return true;
        }));
}
