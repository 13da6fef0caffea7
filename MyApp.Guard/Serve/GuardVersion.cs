namespace MyApp.Guard.Serve;

/// <summary>What <c>myapp-guard --version</c> says: <c>myapp-guard 0.1.0 state 1</c>.</summary>
internal static class GuardVersion
{
    /// <summary>The form of the guard's files. Raised when an older guard could not go on with them.</summary>
    public const int StateForm = 1;

    public static string Number { get; } = typeof(GuardVersion).Assembly.GetName().Version!.ToString(3);

    public static string Line { get; } = $"myapp-guard {Number} state {StateForm}";
}
