using MyApp.Deployment.Environments;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight;

/// <summary>What is the same about a rule wherever it strikes.</summary>
/// <param name="Id">Stable, e.g. <c>spec.public-bind</c>: what <c>accept:</c> and <c>preflight:</c> name.</param>
/// <param name="Title">What is wrong when it strikes, in one sentence.</param>
/// <param name="Elsewhere">How bad it is outside prod.</param>
/// <param name="InProd">How bad it is in prod.</param>
/// <param name="Acceptable">False: <c>accept:</c> can't take it away, as what it says can't be run.</param>
public sealed record RuleAbout(string Id, string Title, Severity Elsewhere, Severity InProd, bool Acceptable = true)
{
    /// <summary>The environment whose levels, with those of all that inherit from it, are the strict ones.</summary>
    public const string Prod = BuiltInEnvironments.Prod;

    /// <summary>Where it is explained, from the root of the repository.</summary>
    public string Help => $"docs/preflight.md#{Id.Replace(".", "", StringComparison.Ordinal)}";

    public Severity LevelFor(ServiceSpec spec) => spec.IsFor(Prod) ? InProd : Elsewhere;
}
