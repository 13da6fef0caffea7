using MyApp.Supervision.Control;

namespace MyApp.Guard.Native;

/// <summary>What a host may refuse an instance: a file, a right, a user, a process.</summary>
internal static class HostTrouble
{
    public static bool Is(Exception e) => e is NativeException or IOException or GuardException or UnauthorizedAccessException;
}
