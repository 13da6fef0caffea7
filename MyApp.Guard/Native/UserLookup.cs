using System.Globalization;
using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>Who a process runs as. <see cref="Home"/> null: none known.</summary>
internal sealed record UserIdentity(string Name, uint Uid, uint Gid, IReadOnlyList<uint> Groups, string? Home);

/// <summary>Reads the system's users, wherever NSS has them from.</summary>
internal static unsafe class UserLookup
{
    private const int BufferSize = 16 * 1024;

    /// <param name="user">A name or a number. A number without an entry gets the group of the same number.</param>
    /// <returns>Null when there is no such user.</returns>
    public static UserIdentity? Find(string user)
    {
        if (!uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
            return Read((entry, buffer) => (Libc.getpwnam_r(user, (Passwd*)entry, (byte*)buffer, BufferSize, out var found), found));
        return ByUid(uid) ?? new UserIdentity(user, uid, uid, [uid], null);
    }

    public static UserIdentity? ByUid(uint uid) =>
        Read((entry, buffer) => (Libc.getpwuid_r(uid, (Passwd*)entry, (byte*)buffer, BufferSize, out var found), found));

    /// <param name="group">A name or a number.</param>
    /// <returns>Null when there is no such group.</returns>
    public static uint? Group(string group)
    {
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var gid))
            return gid;
        NamedGroup entry;
        var buffer = stackalloc byte[BufferSize];
        var error = Libc.getgrnam_r(group, &entry, buffer, BufferSize, out var found);
        if (error != 0)
            throw new NativeException("getgrnam", error);
        return found == 0 ? null : entry.Gid;
    }

    private static UserIdentity? Read(Func<nint, nint, (int Error, nint Found)> call)
    {
        Passwd entry;
        var buffer = stackalloc byte[BufferSize];
        var (error, found) = call((nint)(&entry), (nint)buffer);
        if (error != 0)
            throw new NativeException("getpwnam", error);
        if (found == 0)
            return null;
        var name = Marshal.PtrToStringUTF8(entry.Name)!;
        return new UserIdentity(name, entry.Uid, entry.Gid, GroupsOf(name, entry.Gid), Marshal.PtrToStringUTF8(entry.Home));
    }

    private static uint[] GroupsOf(string name, uint gid)
    {
        var count = 64;
        while (true)
        {
            var groups = new uint[count];
            fixed (uint* first = groups)
            {
                if (Libc.getgrouplist(name, gid, first, &count) >= 0)
                    return groups[..count];
            }
        }
    }
}
