namespace MyApp.Hosting.Engine.Execution;

/// <summary>When a service that ended is started again: <c>min(60 s, 0.5 s · 2^(n-1)) · U(0.8, 1.2)</c>, from the beginning after 120 s of being ready.</summary>
internal sealed class RestartBackoff(Func<double> random)
{
    private static readonly TimeSpan Initial = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ResetAfter = TimeSpan.FromSeconds(120);

    private int failures;

    /// <summary>78 is EX_CONFIG of sysexits.h; 126 and 127 are what a shell, and the guard's shim, say of a program that cannot be executed.</summary>
    public static bool CannotStart(int exitCode) => exitCode is 78 or 126 or 127;

    /// <returns>Null: it ended by itself or can never start, so it is left alone.</returns>
    public TimeSpan? After(int exitCode, TimeSpan readyFor)
    {
        if (exitCode == 0 || CannotStart(exitCode))
            return null;
        failures = readyFor >= ResetAfter ? 1 : failures + 1;
        var steady = Math.Min(Cap.TotalSeconds, Initial.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromSeconds(steady * (0.8 + (0.4 * random())));
    }
}
