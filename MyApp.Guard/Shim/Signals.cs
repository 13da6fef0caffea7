using System.Runtime.InteropServices;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Shim;

internal static class Signals
{
    public static PosixSignal ToPosix(int signal) => signal switch
    {
        SIGHUP => PosixSignal.SIGHUP,
        SIGINT => PosixSignal.SIGINT,
        SIGQUIT => PosixSignal.SIGQUIT,
        SIGTERM => PosixSignal.SIGTERM,
        _ => (PosixSignal)signal,
    };
}
