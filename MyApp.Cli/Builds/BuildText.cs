using MyApp.Cli.Commands;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Builds;

/// <summary>Builds of the control plane in words.</summary>
internal sealed class BuildText(Screen screen, TimeProvider clock)
{
    public void PrintAll(IReadOnlyList<BuildView> builds)
    {
        if (builds.Count == 0)
        {
            screen.Line("no build was asked for yet; myapp build --remote asks for one");
            return;
        }

        var table = new TextTable("BUILD", "SERVICE", "ENV", "STATE", "PLATFORMS", "ASKED", "TOOK", "BY");
        foreach (var build in builds)
            table.Add(
                $"{build.Id}", new(build.Service, Tone.Strong), build.Environment, State(build), Platforms(build), $"{Words.Age(clock.GetUtcNow() - build.CreatedAt)} ago", Took(build), build.RequestedBy);
        table.Print(screen);
    }

    public void PrintOne(BuildView build)
    {
        screen.Line(new Styled(build.Service, Tone.Strong), $" in {build.Environment}: ", State(build), $", asked for by {build.RequestedBy} {Words.Age(clock.GetUtcNow() - build.CreatedAt)} ago");
        screen.Line($"  source    {build.Source}");
        if (build.Rollout is { } rollout)
            screen.Line($"  for       the rollout {rollout}");
        screen.Line($"  platforms {Platforms(build)}");
        screen.Line($"  took      {Took(build)}");
        foreach (var platform in build.Platforms.Where(platform => platform.Artifact is null && platform.Failure is null))
        {
            screen.Line($"  {platform.Platform}: {(build.State.IsFinal() ? "not finished" : "under way")}");
            BuildReport.PrintSteps(screen, platform.Steps);
        }

        PrintEnd(build);
    }

    /// <summary>What was made for each platform, and why for some there is nothing.</summary>
    public void PrintEnd(BuildView build)
    {
        foreach (var platform in build.Platforms.Where(platform => platform.Artifact is not null || platform.Failure is not null))
            new BuildReport(build.Service, platform.Platform, platform.Artifact, platform.FromCache, platform.Steps, platform.Failure).Print(screen);

        if (build.Failure is { } failure && build.Platforms.All(platform => platform.Failure is null))
            screen.Error(new Styled("✗ ", Tone.Bad), new Styled(build.Service, Tone.Strong), $" was not built: {failure}");
    }

    public void PrintFiles(IReadOnlyList<string> written)
    {
        foreach (var path in written)
            screen.Line("  ", path);
    }

    private string Took(BuildView build) => build.StartedAt is { } started ? Words.Duration((build.EndedAt ?? clock.GetUtcNow()) - started) : "-";

    private static string Platforms(BuildView build) => build.Platforms.Count == 0 ? "-" : string.Join(", ", build.Platforms.Select(platform => platform.Platform));

    private static Styled State(BuildView build) => build.State switch
    {
        BuildState.Queued => new(build.Ahead is > 0 and var ahead ? $"queued, after {ahead}" : "queued", Tone.Warning),
        BuildState.Running => new("running", Tone.Warning),
        BuildState.Succeeded => new("succeeded", Tone.Good),
        BuildState.Failed => new("failed", Tone.Bad),
        _ => new("cancelled", Tone.Faint),
    };
}
