using MyApp.Supervision.Files;

namespace MyApp.Hosting.HostBinaries;

/// <summary>How the guard's shim starts Redis.</summary>
internal static class RedisCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Add(HostRedisResource server, IList<object> args)
    {
        args.Add("exec");
        if (UnprivilegedUser.For("redis") is { } user)
        {
            args.Add("--user");
            args.Add(user.Name);
        }

        foreach (var word in new object[] { "--grace", "4s", "--", server.Server, Configuration(server), "--port", server.PrimaryEndpoint.Property(EndpointProperty.TargetPort) })
            args.Add(word);
    }

    /// <summary>The password is in a file of its user's: arguments can be read by everyone on the machine.</summary>
    public static async Task PrepareAsync(HostRedisResource server, CancellationToken ct)
    {
        var user = UnprivilegedUser.For("redis");
        if (!Directory.Exists(server.DataFolder))
            await ServerFolder.CreateAsync(server.DataFolder, user, ct);
        await ServerFolder.EnsureReachableAsync(server.DataFolder, user, ct);
        AtomicFile.WriteAllText(Configuration(server), Text(server.DataFolder, await server.Password.GetValueAsync(ct) ?? ""), OwnerOnly);
        await ServerFolder.GiveAsync(Configuration(server), user, ct);
    }

    // Neither snapshots nor a log of writes: Redis holds what may be lost, PostgreSQL is the record.
    internal static string Text(string folder, string password) =>
        $"""
        bind 127.0.0.1
        protected-mode yes
        daemonize no
        dir "{folder.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}"
        save ""
        appendonly no
        requirepass {password}

        """;

    private static string Configuration(HostRedisResource server) => Path.Combine(server.DataFolder, "redis.conf");
}
