using System.Text.RegularExpressions;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;

namespace MyApp.Api.Rollouts;

/// <summary>What a request must look like before anything is asked of the record. Collects every problem.</summary>
internal static partial class RequestRules
{
    public const int LongestText = 200;
    private const int MostSet = 100;
    private const int LongestSet = 4096;
    private const int LongestRemote = 1000;

    public static IReadOnlyList<string> Check(RolloutRequest request)
    {
        var problems = new List<string>();
        AddName(problems, "service", request.Service);
        AddName(problems, "environment", request.Environment);
        AddText(problems, "requestedBy", request.RequestedBy);
        if (new[] { request.Source, request.Promotes, request.Release, request.Refreshes }.Count(what => what is not null) != 1)
            problems.Add("source, promotes, release, refreshes: give exactly one of them");
        if (request.Source is { } source)
            AddDigest(problems, "source", source);
        if (request.Set is { Count: > 0 } && request.Release is not null)
            problems.Add("set: a release is moved to as it is; leave out set or release");
        AddSet(problems, request.Environment, request.Set);
        if (request.Vcs is not null && request.Source is null)
            problems.Add("vcs: it is about a source, which there is none of");
        AddVcs(problems, request.Vcs);
        return problems;
    }

    public static bool IsName(string? name) => name is not null && NamePattern().IsMatch(name);

    /// <summary>Something a person typed or a program made up: short, and safe to print.</summary>
    public static bool IsText(string? text) => text is { Length: > 0 and <= LongestText } && !text.Any(char.IsControl);

    /// <summary>Of what is refused, a part that is safe to repeat.</summary>
    public static string Shown(string text) => string.Concat(text.Take(LongestText).Select(c => char.IsControl(c) ? '?' : c));

    public static void AddDigest(List<string> problems, string field, string digest)
    {
        if (!DigestPattern().IsMatch(digest))
            problems.Add($"{field}: must be sha256: and 64 lower-case hexadecimal digits");
    }

    public static void AddSet(List<string> problems, string environment, IReadOnlyList<string>? set)
    {
        if (set is null)
            return;
        if (set.Count > MostSet || set.Any(each => each is not { Length: <= LongestSet } || each.Contains('\0')))
        {
            problems.Add($"set: must be at most {MostSet} texts of at most {LongestSet} characters, without NUL");
            return;
        }

        var wrong = new List<SpecProblem>();
        _ = SpecLayers.Of(environment, [], set, null, wrong);
        problems.AddRange(wrong.Select(problem => $"set: {problem}"));
    }

    public static void AddVcs(List<string> problems, VcsState? vcs)
    {
        if (vcs is null)
            return;
        if (!CommitPattern().IsMatch(vcs.Commit))
            problems.Add("vcs.commit: must be the full id of a commit, 40 or 64 lower-case hexadecimal digits");
        if (vcs.Remote is not { } remote)
            return;
        if (remote.Length is 0 or > LongestRemote || remote.Any(char.IsControl))
            problems.Add($"vcs.remote: must be 1 to {LongestRemote} characters on one line");
        else if (GitAddress.WithoutSecrets(remote) != remote)
            problems.Add("vcs.remote: must have no user and no password");
    }

    public static void AddName(List<string> problems, string field, string? name)
    {
        if (!IsName(name))
            problems.Add($"{field}: must be 1 to 63 lower-case letters, digits and hyphens, starting with a letter");
    }

    public static void AddText(List<string> problems, string field, string? text)
    {
        if (!IsText(text))
            problems.Add($"{field}: must be 1 to {LongestText} characters on one line");
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}([0-9a-f]{24})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitPattern();

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();
}
