using MyApp.Guard.Native;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>Whom a unit runs as, and the private folder it gets as HOME. <see cref="Uid"/> null: as the guard itself.</summary>
internal sealed record ServiceUser(uint? Uid, uint Gid, IReadOnlyList<uint> Groups, string Home)
{
    // The range systemd keeps for DynamicUser=; see https://systemd.io/UIDS-GIDS.
    private const uint FirstDynamic = 61184;
    private const uint LastDynamic = 65519;

    /// <exception cref="GuardException">There is no such user, or the guard may not become it.</exception>
    public static ServiceUser For(UnitRecord record, GuardContext context)
    {
        var home = Path.Combine(context.Paths.ServicesFolder, record.Unit.Service, "home");
        var extra = ExtraGroups(record.Unit.Process, context);
        if (record.OwnUid is { } own)
            return new ServiceUser(own, own, [own, .. extra], home);
        if (record.Unit.User is not { } name)
            return new ServiceUser(null, 0, [], home);
        var user = UserLookup.Find(name) ?? throw new GuardException("bad-request", $"user: there is no user '{name}' on this host");
        if (context.IsRoot)
            return new ServiceUser(user.Uid, user.Gid, [.. user.Groups.Union(extra)], home);
        if (user.Uid != Libc.geteuid())
            throw new GuardException("bad-request", $"user: the guard is not root, so it can't run a service as '{name}'");
        return new ServiceUser(null, 0, [], home);
    }

    /// <summary>A uid for a service without a user: by a hash of its name, so the same after a reinstallation, and the next free one if it is taken.</summary>
    public static uint Dynamic(string service, IReadOnlySet<uint> taken)
    {
        const uint Count = LastDynamic - FirstDynamic + 1;
        var start = Fnv1a.Hash(service) % Count;
        for (uint i = 0; i < Count; i++)
        {
            var uid = FirstDynamic + ((start + i) % Count);
            if (!taken.Contains(uid) && UserLookup.ByUid(uid) is null)
                return uid;
        }

        throw new GuardException("internal", "no free user id is left for the service");
    }

    private static IEnumerable<uint> ExtraGroups(ProcessRule rule, GuardContext context)
    {
        if (rule.Groups.Count > 0 && !context.IsRoot)
            throw new GuardException("bad-request", "process.groups: the guard is not root, so it can't add groups");
        return [.. rule.Groups.Select(g => UserLookup.Group(g) ?? throw new GuardException("bad-request", $"process.groups: there is no group '{g}' on this host"))];
    }

    public void PrepareHome()
    {
        Directory.CreateDirectory(Home);
        File.SetUnixFileMode(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Uid is { } uid)
            NativeException.ThrowIf(Libc.chown(Home, uid, Gid) < 0, $"chown {Home}");
    }
}
