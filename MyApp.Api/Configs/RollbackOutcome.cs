using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Configs;

/// <summary>What came of making the values of an earlier version hold again.</summary>
internal abstract record RollbackOutcome
{
    private RollbackOutcome()
    {
    }

    /// <summary>They hold.</summary>
    internal sealed record Done(ConfigView View) : RollbackOutcome;

    /// <summary>There is no such version.</summary>
    internal sealed record Unknown : RollbackOutcome;

    /// <summary>It would bring back values that no spec can hold; each problem in words.</summary>
    internal sealed record Unusable(IReadOnlyList<string> Problems) : RollbackOutcome;
}
