using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Layering;

/// <summary>Which keys the control plane may keep: those of a spec, and under <c>app.</c> whatever an application asks for.</summary>
public static class RemoteKeys
{
    /// <summary>Before keys that are the application's own: no part of a spec, served to config clients without it.</summary>
    public const string Application = "app.";

    /// <summary>What is wrong with a value to be kept, each as a line; types are checked when a release is made, after all layers are merged.</summary>
    public static IReadOnlyList<string> Problems(string key, string value)
    {
        if (key.StartsWith(Application, StringComparison.Ordinal))
            return key.Length > Application.Length ? [] : [$"{key}: a name is missing after it"];
        var problems = new List<SpecProblem>();
        var tree = SetValues.Tree(key, value, new(key, 0, 0), problems);
        SpecReference.ReadOverlaySchema().Check(tree, "", problems);
        return [.. problems.Select(problem => problem.ToString())];
    }
}
