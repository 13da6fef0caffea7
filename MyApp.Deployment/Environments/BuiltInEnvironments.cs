namespace MyApp.Deployment.Environments;

/// <summary>The environments that need not be written anywhere.</summary>
public static class BuiltInEnvironments
{
    public const string Prod = "prod";

    // In the order of the way of a release.
    private static readonly (string Name, string[] Branches)[] All = [("dev", ["feature/*"]), ("test", ["release/*"]), ("staging", []), (Prod, ["main"])];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(each => each.Name)];

    /// <summary>Which branches <c>ship --branch</c> takes to it where no spec says; empty: none.</summary>
    public static IReadOnlyList<string> BranchesOf(string environment) => All.FirstOrDefault(each => each.Name == environment).Branches ?? [];
}
