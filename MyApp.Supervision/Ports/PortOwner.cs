using System.Globalization;

namespace MyApp.Supervision.Ports;

/// <summary>Who listens on a TCP port of this machine, from <c>/proc</c> (proc(5)); where there is none nobody is found.</summary>
public static class PortOwner
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Null where nobody does; else e.g. <c>nginx (pid 812)</c>.</summary>
    public static string? Find(int port) => All(port).FirstOrDefault();

    /// <summary>Everyone who holds it: a listening socket may be shared by the processes that inherited it.</summary>
    public static IEnumerable<string> All(int port)
    {
        var sockets = SocketsOf(port).ToHashSet(StringComparer.Ordinal);
        if (sockets.Count == 0)
            yield break;
        var isSeen = false;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]) && Holds(path, sockets)))
        {
            isSeen = true;
            yield return $"{NameOf(process)} (pid {Path.GetFileName(process)})";
        }

        if (!isSeen)
            yield return "a process of another user";
    }

    //   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 81530 1 …
    private static IEnumerable<string> SocketsOf(int port)
    {
        var wanted = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in Tables.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 9 && words[1].EndsWith(wanted, StringComparison.Ordinal) && words[3] == Listening)
                    yield return $"socket:[{words[9]}]";
            }
        }
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(process, "fd")).EnumerateFileSystemInfos().Any(fd => fd.LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at, or belongs to somebody else.
            return false;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (IOException)
        {
            return "a process that has just ended";
        }
    }
}
