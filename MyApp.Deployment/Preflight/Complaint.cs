namespace MyApp.Deployment.Preflight;

/// <summary>A rule's complaint, before the environment's levels and what the spec accepts are applied.</summary>
/// <param name="Path">Of the key it is about, e.g. <c>run.env.GIN_MODE</c>; the nearest one above it that was written is shown.</param>
/// <param name="Message">Without any value that may be a secret.</param>
/// <param name="Fix">What to write or do instead.</param>
internal sealed record Complaint(string Path, string Message, string Fix);
