using MyApp.Api.Rollouts;
using MyApp.Api.Services;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Builds;

/// <summary>What a request for a build must look like before anything is asked of the record. Collects every problem.</summary>
internal static class BuildRules
{
    public static IReadOnlyList<string> Check(BuildOrder order)
    {
        var problems = new List<string>();
        RequestRules.AddName(problems, "service", order.Service);
        if (order.Environment is { } environment)
            RequestRules.AddName(problems, "environment", environment);
        RequestRules.AddText(problems, "requestedBy", order.RequestedBy);
        RequestRules.AddDigest(problems, "source", order.Source);
        foreach (var platform in (order.Platforms ?? []).Where(platform => !Platforms.Known.Contains(platform, StringComparer.Ordinal)))
            problems.Add($"platforms: '{RequestRules.Shown(platform)}' is not one of {string.Join(", ", Platforms.Known)}");
        RequestRules.AddSet(problems, order.Environment ?? ServiceEndpoints.DefaultEnvironment, order.Set);
        RequestRules.AddVcs(problems, order.Vcs);
        return problems;
    }
}
