namespace MyApp.Deployment.Builds;

/// <summary>A step can't go on. Becomes <see cref="BuildResult.Failure"/>; never leaves the pipeline.</summary>
internal sealed class BuildFailedException(string message) : Exception(message);
