using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Rollouts;

/// <summary>What came of asking for a rollout.</summary>
internal abstract record RequestOutcome
{
    private RequestOutcome()
    {
    }

    /// <summary>It is in the record and some replica will run it; also for a repeated request with the same idempotency key.</summary>
    internal sealed record Accepted(Rollout Rollout) : RequestOutcome;

    /// <summary>Another rollout of this service in this environment is not final yet.</summary>
    internal sealed record LeaseHeld(string Holder) : RequestOutcome;

    /// <summary>It names something that is not there.</summary>
    /// <param name="Slug">Last segment of the problem's type.</param>
    internal sealed record Unknown(string Slug, string Message) : RequestOutcome;

    /// <summary>It can't be understood; each problem in words.</summary>
    internal sealed record Invalid(IReadOnlyList<string> Problems) : RequestOutcome;

    /// <summary>The idempotency key was used before, for something else.</summary>
    internal sealed record KeyReused(string Key) : RequestOutcome;
}
