using System.Globalization;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;

namespace MyApp.Supervision.Dossiers;

/// <summary>Reads why an instance ended from how it ended and what it said last.</summary>
public static class ExitReading
{
    private const int ExConfig = 78;
    private const int EperM = 1;
    private const int Enoent = 2;
    private const int Enoexec = 8;
    private const int Eacces = 13;
    private const int Elibbad = 80;

    /// <summary>128 + the signal is how a shell tells that what it ran was killed.</summary>
    private const int ShellSignal = 128;

    /// <returns>The cause, and what is behind it in words; null: how it ended says all there is.</returns>
    public static (DossierCause Cause, string? Reason) Read(ExitFacts facts)
    {
        if (facts.OutOfMemory)
            return (DossierCause.OutOfMemory, facts.MemoryLimitBytes is { } limit
                ? $"the kernel killed it for memory: its limit is {Size(limit)}" : "the kernel killed it for memory: the machine had none left");
        if (facts.StopReason == StopReason.None)
            return facts.Cause.Kind == ExitKind.NotStarted ? NotStarted(facts.Cause) : Ended(facts);
        var said = facts.StopReason == StopReason.StartupTimeout ? Said(facts)?.Reason : null;
        return (Stopped(facts.StopReason), said is null ? facts.Stopped : $"{facts.Stopped}: {said}");
    }

    private static DossierCause Stopped(StopReason why) => why switch
    {
        StopReason.Requested or StopReason.Shutdown or StopReason.Restart => DossierCause.Requested,
        StopReason.Idle => DossierCause.Idle,
        StopReason.DependencyLost or StopReason.StoppedWithDependency => DossierCause.DependencyLost,
        StopReason.StartupTimeout => DossierCause.StartupTimeout,
        _ => DossierCause.Unhealthy,
    };

    private static (DossierCause, string?) NotStarted(ExitCause cause) => cause.Code switch
    {
        Enoent => (DossierCause.NotFound, null),
        EperM or Eacces => (DossierCause.NotPermitted, null),
        Enoexec or Elibbad => (DossierCause.WrongFormat, null),
        _ => (DossierCause.Exited, null),
    };

    private static (DossierCause, string?) Ended(ExitFacts facts)
    {
        if (facts.Cause.IsSuccess)
            return (DossierCause.Exited, null);
        if (Said(facts) is { } said)
            return said;
        if (facts.Cause.Kind == ExitKind.Unknown)
            return (DossierCause.Unknown, null);
        if (facts.Cause.Kind == ExitKind.Killed)
            return (DossierCause.Killed, null);
        if (facts.Cause.Code == ExConfig)
            return (DossierCause.BadConfig, "it says that its configuration is wrong");
        return (DossierCause.Exited, facts.Cause.Code is > ShellSignal and <= ShellSignal + 31
            ? $"128 + {facts.Cause.Code - ShellSignal}: what it ran was {new ExitCause(ExitKind.Killed, facts.Cause.Code - ShellSignal).Describe()}"
            : null);
    }

    private static (DossierCause Cause, string? Reason)? Said(ExitFacts facts)
    {
        // What was said last counts most.
        foreach (var line in facts.Lines.Reverse())
        {
            if (IsPortTaken(line))
                return (DossierCause.PortTaken, PortReason(line, facts));
            if (LibraryReason(line) is { } library)
                return (DossierCause.MissingLibrary, library);
            if (Contains(line, "exec format error") || Contains(line, "cannot execute binary file"))
                return (DossierCause.WrongFormat, line.Trim());
            if (Contains(line, "runtime: out of memory") || Contains(line, "OutOfMemoryError") || Contains(line, "JavaScript heap out of memory"))
                return (DossierCause.OutOfMemory, line.Trim());
        }

        return UncaughtError.Find(facts.Lines) is { } error ? (DossierCause.UncaughtError, error) : null;
    }

    // listen tcp :8080: bind: address already in use                                         Go
    // nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
    // Error: listen EADDRINUSE: address already in use :::3000                               node
    // OSError: [Errno 98] Address already in use                                             Python
    // java.net.BindException: Address already in use
    // System.IO.IOException: Failed to bind to address http://127.0.0.1:5000: address already in use.
    private static bool IsPortTaken(string line) => Contains(line, "address already in use") || Contains(line, "EADDRINUSE");

    private static string PortReason(string line, ExitFacts facts)
    {
        var named = PortsIn(line);
        int? port = named.Where(facts.Ports.Contains).Concat(named).Select(p => (int?)p).FirstOrDefault()
            ?? facts.Ports.Where(p => facts.PortOwner(p) is not null).Concat(facts.Ports).Select(p => (int?)p).FirstOrDefault();
        if (port is not { } taken)
            return "its port is taken";
        return facts.PortOwner(taken) is { } owner ? $"port {taken} is taken by {owner}" : $"port {taken} was taken; now nobody has it";
    }

    // Every ":8080"; the last first, as what comes before it is often an address.
    private static List<int> PortsIn(string line)
    {
        var found = new List<int>();
        for (var colon = line.LastIndexOf(':'); colon >= 0; colon = colon == 0 ? -1 : line.LastIndexOf(':', colon - 1))
        {
            var end = colon + 1;
            while (end < line.Length && char.IsAsciiDigit(line[end]))
                end++;
            if (int.TryParse(line.AsSpan(colon + 1, end - colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
                found.Add(port);
        }

        return found;
    }

    // ./app: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory   glibc
    // ./app: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by ./app)
    // Error loading shared library libfoo.so.1: No such file or directory (needed by ./app)                                 musl
    private static string? LibraryReason(string line)
    {
        const string Glibc = "error while loading shared libraries: ";
        const string Musl = "Error loading shared library ";
        foreach (var marker in (string[])[Glibc, Musl])
        {
            if (line.IndexOf(marker, StringComparison.Ordinal) is var at && at >= 0)
            {
                var rest = line[(at + marker.Length)..];
                return $"the library {rest.Split(':')[0]} can't be loaded{(rest.Contains("No such file", StringComparison.Ordinal) ? ": it is not there" : $":{rest[rest.IndexOf(':', StringComparison.Ordinal)..].TrimStart(':')}")}";
            }
        }

        return line.Contains("' not found (required by ", StringComparison.Ordinal) && line.Contains(": version `", StringComparison.Ordinal)
            ? $"a library is too old:{line[(line.IndexOf(": version `", StringComparison.Ordinal) + 1)..]}"
            : null;
    }

    private static bool Contains(string line, string words) => line.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string Size(long bytes) => (bytes % (1024 * 1024)) == 0
        ? $"{bytes / (1024 * 1024)} MiB" : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MiB");
}
