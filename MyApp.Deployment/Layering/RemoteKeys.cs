using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Configs;

namespace MyApp.Deployment.Layering;

/// <summary>Which keys the control plane may keep: those of a spec, and under <c>app.</c> whatever an application asks for.</summary>
public static class RemoteKeys
{
    /// <summary>Before keys that are the application's own: in a spec below <c>app:</c>, served to config clients without it.</summary>
    public const string Application = "app.";

    /// <summary>The name under which values of every service are kept, as config clients of Spring know it.</summary>
    public const string EveryService = "application";

    internal static bool IsApplication(string key) => key.StartsWith(Application, StringComparison.Ordinal);

    /// <summary>What keeps values from being delivered to a program, as other clients may have them under any name.</summary>
    internal static IEnumerable<SpecProblem> Undeliverable(IReadOnlyList<RemoteValue> values)
    {
        foreach (var value in values.Where(value => IsApplication(value.Key)))
        {
            if (!ConfigNames.IsKey(value.Key[Application.Length..]))
                yield return new(value.Key, $"{value.Key} can't be delivered: between dots stand {ConfigNames.PartRule}", value.Origin, "rename it with myapp config set and unset");
            else if (values.Any(other => other.Key.StartsWith(value.Key + ".", StringComparison.Ordinal)))
                yield return new(value.Key, $"{value.Key} can't be delivered: it is a value and the beginning of others", value.Origin, "rename one with myapp config set and unset");
        }
    }

    /// <summary>What is wrong with a value to be kept, whatever stands in the other layers, each as a line. What only they make wrong is found when all are merged.</summary>
    public static IReadOnlyList<string> Problems(string key, string value)
    {
        if (IsApplication(key))
            return key.Length > Application.Length ? [] : [$"{key}: a name is missing after it"];
        var problems = new List<SpecProblem>();
        var tree = SetValues.Tree(key, value, new(key, 0, 0), problems);
        SpecReference.ReadOverlaySchema().Check(tree, "", problems);
        var bound = new List<SpecProblem>();
        _ = new SpecBinder(bound).Bind((SpecMap)LayerStack.Resolve(tree), "");
        return [.. problems.Concat(bound.Where(problem => problem.IsOfValue)).Select(problem => problem.ToString()).Distinct(StringComparer.Ordinal)];
    }
}
