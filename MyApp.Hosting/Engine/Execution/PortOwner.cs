using System.Globalization;
using System.Text.RegularExpressions;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>Who listens on a port of this machine, from <c>/proc</c> (proc(5)); elsewhere nobody is found.</summary>
internal static partial class PortOwner
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <exception cref="DistributedApplicationException">A port the resource is to listen on is taken; the message says by whom.</exception>
    public static void ThrowIfTaken(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.AllocatedEndpoint is { } address && Find(address.Port) is { } owner)
                throw new DistributedApplicationException($"'{resource.Name}' cannot listen on {address.EndPointString}: the port is taken by {owner}.");
        }
    }

    /// <returns>Null: the port is free.</returns>
    public static string? Find(int port)
    {
        var inodes = Tables.Where(File.Exists).SelectMany(f => Sockets(f, port)).ToHashSet(StringComparer.Ordinal);
        if (inodes.Count == 0)
            return null;
        return Processes().FirstOrDefault(pid => Holds(pid, inodes)) is { } pid ? $"{NameOf(pid)} (pid {pid})" : "another user's process";
    }

    // sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //  0: 0100007F:143C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 123456 1 …
    private static IEnumerable<string> Sockets(string table, int port)
    {
        var local = $":{port.ToString("X4", CultureInfo.InvariantCulture)}";
        return File.ReadLines(table)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 9 && f[1].EndsWith(local, StringComparison.Ordinal) && f[3] == Listening)
            .Select(f => f[9]);
    }

    private static IEnumerable<string> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).OfType<string>().Where(n => n.All(char.IsAsciiDigit));

    private static bool Holds(string pid, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
                .Select(fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.Name)
                .Any(target => target is not null && SocketLink().Match(target) is { Success: true } link && inodes.Contains(link.Groups[1].Value));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string NameOf(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (IOException)
        {
            return "a process that has just ended";
        }
    }

    [GeneratedRegex(@"socket:\[(\d+)\]")]
    private static partial Regex SocketLink();
}
