using System.Globalization;

namespace MyApp.Guard.Spawning;

/// <summary>The sockets a service manager has given to this process by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES; see sd_listen_fds(3).</summary>
internal static class InheritedSockets
{
    /// <summary>The variables that announce them; they are for one process and not for its children.</summary>
    public static readonly string[] Variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

    private const int First = 3;

    /// <param name="read">Gives the value of an environment variable.</param>
    /// <returns>Empty when they are for another process.</returns>
    public static IReadOnlyList<ListenSocket> Read(Func<string, string?> read)
    {
        if (!int.TryParse(read("LISTEN_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid != Environment.ProcessId)
            return [];
        if (!int.TryParse(read("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return [];
        var names = read("LISTEN_FDNAMES")?.Split(':') ?? [];
        return [.. Enumerable.Range(0, count).Select(i => new ListenSocket(i < names.Length ? names[i] : "unknown", First + i))];
    }
}
