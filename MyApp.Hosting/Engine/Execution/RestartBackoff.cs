using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>When a resource that ended is started again: as a unit with the default restart rule would be.</summary>
internal sealed class RestartBackoff(Func<double> random)
{
    private static readonly RestartRule Rule = new();

    private int failures;

    /// <summary>78 is EX_CONFIG of sysexits.h; 126 and 127 are what a shell, and the guard's shim, say of a program that cannot be executed.</summary>
    public static bool CannotStart(int exitCode) => exitCode is 78 or 126 or 127;

    /// <returns>Null: it ended by itself or can never start, so it is left alone.</returns>
    public TimeSpan? After(int exitCode, TimeSpan readyFor)
    {
        if (exitCode == 0 || CannotStart(exitCode))
            return null;
        failures = readyFor >= Rule.ResetAfter ? 1 : failures + 1;
        return BackoffDelay.Of(Rule, failures, random());
    }
}
