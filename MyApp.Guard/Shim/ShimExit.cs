using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Shim;

/// <summary>What the shim ends with.</summary>
internal static class ShimExit
{
    private const int Failed = 1;
    private const int NotExecutable = 126;
    private const int NotFound = 127;
    private const int Signalled = 128;

    /// <param name="cause">How the last process ended; null: there was none.</param>
    public static int Code(Instance state, ExitCause? cause) => cause switch
    {
        { Kind: ExitKind.Exited, Code: 0 } when IsIll(state.StopReason) => Failed,
        { Kind: ExitKind.Exited } => cause.Code,
        { Kind: ExitKind.Killed } => Signalled + cause.Code,
        { Kind: ExitKind.NotStarted, Code: ENOENT } => NotFound,
        { Kind: ExitKind.NotStarted, Code: > 0 } => NotExecutable,
        null when state.StopReason == StopReason.Requested => 0,
        _ => Failed,
    };

    private static bool IsIll(StopReason reason) => reason is StopReason.Unhealthy or StopReason.Silent or StopReason.StartupTimeout;
}
