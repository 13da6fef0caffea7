namespace MyApp.Supervision.Restarts;

/// <summary>Exited: by itself, with a code. Killed: by a signal. NotStarted: the program could not be executed. Unknown: nobody saw it end.</summary>
public enum ExitKind { Exited, Killed, NotStarted, Unknown }

/// <summary>Why an instance ended.</summary>
/// <param name="Code">The exit code, the signal, or the error number of exec; see <paramref name="Kind"/>.</param>
/// <param name="Detail">In words: of NotStarted what failed, of others what is known beyond the code, e.g. <c>out of memory (limit 64 MiB)</c>.</param>
public sealed record ExitCause(ExitKind Kind, int Code = 0, bool CoreDumped = false, string? Detail = null)
{
    /// <summary>ENOENT, EACCES, ENOEXEC, EISDIR, ENOTDIR, ELOOP, EPERM: the next try would fail the same way.</summary>
    private static readonly int[] HopelessErrors = [2, 13, 8, 21, 20, 40, 1];

    // sysexits.h.
    private static readonly string[] ExitNames =
    [
        "EX_USAGE", "EX_DATAERR", "EX_NOINPUT", "EX_NOUSER", "EX_NOHOST", "EX_UNAVAILABLE", "EX_SOFTWARE", "EX_OSERR", "EX_OSFILE",
        "EX_CANTCREAT", "EX_IOERR", "EX_TEMPFAIL", "EX_PROTOCOL", "EX_NOPERM", "EX_CONFIG",
    ];

    private static readonly string[] SignalNames =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    public bool IsSuccess => Kind == ExitKind.Exited && Code == 0;

    /// <summary>The program can't be executed, and trying again can't help.</summary>
    public bool IsHopeless => Kind == ExitKind.NotStarted && HopelessErrors.Contains(Code);

    /// <summary>From a wait(2) status.</summary>
    public static ExitCause FromWaitStatus(int status) => (status & 0x7f) == 0
        ? new ExitCause(ExitKind.Exited, (status >> 8) & 0xff)
        : new ExitCause(ExitKind.Killed, status & 0x7f, (status & 0x80) != 0);

    /// <summary>In words, e.g. <c>exit 78 (EX_CONFIG)</c> or <c>killed by SIGSEGV (core dumped)</c>.</summary>
    public string Describe() => Detail is null || Kind is ExitKind.NotStarted ? Plain() : $"{Plain()}: {Detail}";

    private string Plain() => Kind switch
    {
        ExitKind.Exited when Code is >= 64 and <= 78 => $"exit {Code} ({ExitNames[Code - 64]})",
        ExitKind.Exited => $"exit {Code}",
        ExitKind.Killed => $"killed by {(Code < SignalNames.Length ? SignalNames[Code] : $"signal {Code}")}{(CoreDumped ? " (core dumped)" : "")}",
        ExitKind.NotStarted => Detail ?? $"could not be started (errno {Code})",
        _ => "ended for an unknown cause while no guard was watching",
    };
}
