namespace MyApp.Deployment.Specs;

/// <summary>Something that preflight or a target says against a service, and that its owner knowingly lives with.</summary>
/// <param name="Rule">A rule's id, or the name <c>myapp plan</c> gives a loss.</param>
/// <param name="Reason">Null: written as a name alone, which only losses of a target may be.</param>
/// <param name="Until">The last day it holds; null as <paramref name="Reason"/>.</param>
public sealed record Acceptance(string Rule, string? Reason, DateOnly? Until);
