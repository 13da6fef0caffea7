namespace MyApp.Hosting.HostBinaries;

/// <summary>How the guard's shim starts PostgreSQL.</summary>
internal static class PostgresCommand
{
    public static void Add(HostPostgresResource server, IList<object> args)
    {
        args.Add("exec");
        if (UnprivilegedUser.For("postgres") is { } user)
        {
            args.Add("--user");
            args.Add(user.Name);
        }

        // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave
        // (https://www.postgresql.org/docs/current/server-shutdown.html).
        foreach (var word in new object[]
        {
            "--stop-signal", "INT", "--grace", "4s", "--", server.Installation.Server, "-D", server.DataFolder,
            "-p", server.PrimaryEndpoint.Property(EndpointProperty.TargetPort), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        })
        {
            args.Add(word);
        }
    }
}
