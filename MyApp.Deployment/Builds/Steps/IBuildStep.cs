namespace MyApp.Deployment.Builds.Steps;

/// <summary>One step of the pipeline, which times and tells it.</summary>
internal interface IBuildStep
{
    string Name { get; }

    /// <summary>Why there is nothing to do here; null: there is.</summary>
    string? SkipReason(BuildContext context);

    /// <summary>Does it and says what was done, in a few words.</summary>
    /// <exception cref="BuildFailedException"/>
    Task<string> RunAsync(BuildContext context, CancellationToken ct);
}
