namespace MyApp.Deployment.Preflight;

/// <summary>One thing that can be said against a service before anything is touched. Pure: facts are gathered before.</summary>
/// <typeparam name="TFacts">What it looks at.</typeparam>
internal interface IPreflightRule<in TFacts>
{
    RuleAbout About { get; }

    IEnumerable<Complaint> Check(TFacts facts);
}
