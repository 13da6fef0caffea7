namespace MyApp.Deployment.Targets;

public enum Severity { Note, Warning, Error }

/// <summary>Something a target says of a unit before anything is touched.</summary>
/// <param name="Code">Stable, e.g. <c>guard.memory-limit</c>; what <c>accept:</c> names.</param>
/// <param name="Fix">What to write or do instead; null where nothing can be done.</param>
public sealed record Diagnostic(Severity Severity, string Code, string Message, string? Fix = null);
