namespace MyApp.Cli;

/// <summary>What the program ends with; scripts rely on it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    public const int Failed = 1;

    public const int BadInput = 2;

    /// <summary>Somebody else is at it: the lease of this service and environment is taken.</summary>
    public const int Conflict = 3;

    /// <summary>The service is not healthy, or the release was rolled back.</summary>
    public const int Unhealthy = 4;

    public const int Cancelled = 130;
}
