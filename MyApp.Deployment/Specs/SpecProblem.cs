using MyApp.Deployment.Layering;

namespace MyApp.Deployment.Specs;

/// <summary>Something a person can put right in a spec.</summary>
/// <param name="Path">Of the key within its service, e.g. <c>health.readiness.http</c>; empty: the file itself.</param>
/// <param name="Fix">What to write instead; null where the message says it all.</param>
public sealed record SpecProblem(string Path, string Message, Origin Origin, string? Fix = null)
{
    /// <summary>No other key or layer could make it right. False: it may be right beside what others write.</summary>
    public bool IsOfValue { get; init; }

    /// <summary><c>file:line:column: message; fix</c>, on one line.</summary>
    public override string ToString() => Fix is null ? $"{Origin}: {Message}" : $"{Origin}: {Message}; {Fix}";
}
