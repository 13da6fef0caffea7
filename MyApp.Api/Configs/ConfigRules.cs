using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Api.Configs;

internal static class ConfigRules
{
    private const int MostKeys = 1000;
    private const int LongestKey = 256;
    private const int LongestValue = 64 * 1024;

    public static IReadOnlyList<string> Check(string service, ConfigChangeRequest request)
    {
        var problems = Check(service, request.Environment, request.RequestedBy).ToList();
        IReadOnlyDictionary<string, string?> set = request.Set ?? new Dictionary<string, string?>();
        var unset = request.Unset ?? [];
        var keys = set.Keys.Concat(unset).ToList();
        if (keys.Count is 0 or > MostKeys)
            problems.Add($"a change sets or unsets 1 to {MostKeys} keys");
        problems.AddRange(set.Keys.Intersect(unset, StringComparer.Ordinal).Select(key => $"{key}: is both set and unset"));
        problems.AddRange(keys.Where(key => key.Length is 0 or > LongestKey || key.Any(char.IsControl)).Select(key => $"a key has 1 to {LongestKey} characters and no control characters"));
        problems.AddRange(set.Where(pair => pair.Value is null).Select(pair => $"{pair.Key}: has no value; unset takes a key away"));
        problems.AddRange(set.Where(pair => pair.Value is { } value && (value.Length > LongestValue || value.Contains('\0', StringComparison.Ordinal))).Select(pair => $"{pair.Key}: a value has up to {LongestValue} characters and no NUL"));
        if (problems.Count == 0)
            problems.AddRange(set.SelectMany(pair => RemoteKeys.Problems(pair.Key, pair.Value!)));
        return problems;
    }

    /// <summary>What is wrong with values of an earlier version: a program before this one may have taken them.</summary>
    public static IReadOnlyList<string> Check(IEnumerable<RemoteValue> values) => [.. values.SelectMany(value => RemoteKeys.Problems(value.Key, value.Value))];

    public static IReadOnlyList<string> Check(string service, string environment, string by)
    {
        var problems = new List<string>();
        if (!Names.IsValid(service))
            problems.Add($"service: {Names.Rule}");
        if (!Names.IsValid(environment))
            problems.Add($"environment: {Names.Rule}");
        if (!RequestRules.IsText(by))
            problems.Add($"requestedBy: must be 1 to {RequestRules.LongestText} characters");
        return problems;
    }
}
