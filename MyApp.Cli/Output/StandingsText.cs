using MyApp.Cli.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Sources;

namespace MyApp.Cli.Output;

/// <summary>What stands where, in a table.</summary>
internal sealed class StandingsText(Screen screen, TimeProvider clock)
{
    private const int ShortDigest = 12;

    public void Print(IReadOnlyList<EnvironmentStanding> standings)
    {
        if (standings.Count == 0)
        {
            screen.Line("nothing was shipped yet");
            return;
        }

        var table = new TextTable("SERVICE", "ENVIRONMENT", "RELEASE", "COMMIT", "ARTIFACT", "MADE", "UNDER WAY", "APPROVAL", "FROZEN");
        foreach (var each in standings)
        {
            table.Add(
                new(each.Service, Tone.Strong), each.Environment, each.Release?.Id ?? "-", each.Release?.Vcs?.Brief() ?? "-", Artifact(each.Release), Made(each.Release),
                each.Rollout is { } rollout ? new Styled(RolloutWords.Of(rollout.State), Tone.Warning) : "-", each.Rules?.Approval?.ToString() ?? "-", Frozen(each));
        }

        table.Print(screen);
    }

    private static string Artifact(ReleaseView? release) => release is null ? "-" : Digests.Hex(release.Artifact)[..ShortDigest];

    private string Made(ReleaseView? release) => release is null ? "-" : $"{Words.Age(clock.GetUtcNow() - release.CreatedAt)} ago";

    private Styled Frozen(EnvironmentStanding each) => each.Rules?.FrozenWhen(clock.GetUtcNow()) is { } when ? new Styled(when, each.Rules.Frozen ? Tone.Warning : Tone.Plain) : "-";
}
