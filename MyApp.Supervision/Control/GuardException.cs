namespace MyApp.Supervision.Control;

/// <summary>The guard refused a request, or could not be reached (<see cref="Code"/> <c>unreachable</c>).</summary>
public sealed class GuardException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="GuardFault"/>'s codes, or <c>unreachable</c>.</summary>
    public string Code { get; } = code;
}
