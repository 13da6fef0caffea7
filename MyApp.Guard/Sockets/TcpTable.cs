using System.Globalization;
using System.Net;

namespace MyApp.Guard.Sockets;

/// <summary>What /proc/net/tcp tells of a port, see proc(5). IPv4 only, as the guard's listening sockets are.</summary>
internal static class TcpTable
{
    private const string Path = "/proc/net/tcp";
    private const string Established = "01";
    private const string TimeWait = "06";
    private const string CloseWait = "08";
    private const string Listening = "0A";

    // How long the kernel remembers a connection that has ended (TCP_TIMEWAIT_LEN), and its unit of time (USER_HZ).
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);
    private const int TicksPerSecond = 100;

    /// <summary>Inodes of the sockets that listen exactly there.</summary>
    public static IEnumerable<string> Listeners(IPEndPoint address)
    {
        var wanted = $"{BitConverter.ToUInt32(address.Address.GetAddressBytes()):X8}{Suffix(address.Port)}";
        return Lines().Where(l => l[3] == Listening && l[1] == wanted).Select(l => l[9]);
    }

    /// <returns>Time since there was a connection to the port; zero: there is one. Null: none is remembered.</returns>
    public static TimeSpan? SinceLastConnection(int port) => SinceLastConnection(port, Lines());

    internal static TimeSpan? SinceLastConnection(int port, IEnumerable<string[]> lines)
    {
        var suffix = Suffix(port);
        TimeSpan? least = null;
        foreach (var line in lines)
        {
            // The remembering is left to whoever closed first, which may be a client of this machine.
            var age = line[3] switch
            {
                Established or CloseWait when IsAt(line[1], suffix) => TimeSpan.Zero,
                TimeWait when IsAt(line[1], suffix) || IsAt(line[2], suffix) => Memory - Remaining(line[5]),
                _ => (TimeSpan?)null,
            };
            if (age is { } seen && (least is null || seen < least))
                least = seen;
        }

        return least;
    }

    //   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 81530 1 …
    //    1: 0100007F:1F90 0100007F:C350 06 00000000:00000000 03:0000176F 00000000     0        0 0 3 …
    private static IEnumerable<string[]> Lines() =>
        File.ReadLines(Path).Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(l => l.Length > 9);

    private static string Suffix(int port) => $":{port:X4}";

    private static bool IsAt(string address, string suffix) => address.EndsWith(suffix, StringComparison.Ordinal);

    private static TimeSpan Remaining(string timer) =>
        TimeSpan.FromSeconds(long.Parse(timer.AsSpan(timer.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / (double)TicksPerSecond);
}
