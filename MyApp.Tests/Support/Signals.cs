using System.Runtime.InteropServices;

namespace MyApp.Tests.Support;

/// <summary>kill(2), for processes a test has started.</summary>
internal static class Signals
{
    public const int Hangup = 1;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int pid, int signal) => Assert.Equal(0, SendSignal(pid, signal));

    /// <summary>To a process that may have ended meanwhile.</summary>
    public static void TrySend(int pid, int signal) => _ = SendSignal(pid, signal);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}
