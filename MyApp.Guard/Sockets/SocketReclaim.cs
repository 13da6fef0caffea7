using System.Globalization;
using System.Net;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>
/// Takes a listening socket back from a process that inherited it from a guard that is gone, with pidfd_getfd(2). The kernel allows it
/// to root, and to the same user where ptrace(2) is not restricted (kernel.yama.ptrace_scope = 0); it is there since Linux 5.6.
/// </summary>
internal static class SocketReclaim
{
    /// <param name="leaders">Only processes of their sessions are asked: a stranger's socket is not ours.</param>
    /// <returns>Null when none of them has it, or gives it.</returns>
    public static ListeningSocket? TryTake(string name, IPEndPoint address, IReadOnlyCollection<int> leaders)
    {
        var inodes = TcpTable.Listeners(address).Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        if (inodes.Count == 0)
            return null;
        foreach (var process in ProcFs.All().Where(p => leaders.Contains(p.Session)))
        {
            foreach (var number in DescriptorsOf(process.Pid).Where(n => ProcFs.LinkTarget(process.Pid, n) is { } target && inodes.Contains(target)))
            {
                if (TryCopy(process.Pid, number) is var copy and >= 0 && ListeningSocket.Adopt(name, copy) is { } socket)
                    return socket;
            }
        }

        return null;
    }

    private static int TryCopy(int pid, int number)
    {
        try
        {
            using var process = Fd.PidFd(pid);
            return (int)Libc.syscall(SYS_pidfd_getfd, Fd.Number(process), number, 0, 0);
        }
        catch (NativeException)
        {
            // It has ended.
            return -1;
        }
    }

    private static List<int> DescriptorsOf(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(p => int.Parse(Path.GetFileName(p), CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to somebody else.
            return [];
        }
    }
}
