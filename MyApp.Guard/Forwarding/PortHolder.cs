using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MyApp.Guard.Native;

namespace MyApp.Guard.Forwarding;

/// <summary>Says who listens on a port.</summary>
internal static class PortHolder
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <returns>E.g. <c>pid 4242 (nginx)</c>; null: nobody that can be seen.</returns>
    public static string? Find(int port)
    {
        var inodes = Tables.Where(File.Exists).SelectMany(f => InodesOf(f, port)).ToHashSet(StringComparer.Ordinal);
        return inodes.Count == 0 ? null : ProcFs.All().Where(p => HoldsAny(p.Pid, inodes)).Select(p => $"pid {p.Pid} ({p.Name})").FirstOrDefault();
    }

    /// <summary>A port of the loopback address that nobody uses at the moment.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    //   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71321 1 …
    private static IEnumerable<string> InodesOf(string table, int port)
    {
        var wanted = port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith($":{wanted}", StringComparison.Ordinal))
                yield return $"socket:[{fields[9]}]";
        }
    }

    private static bool HoldsAny(int pid, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{pid}/fd").Any(f => new FileInfo(f).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's.
            return false;
        }
    }
}
