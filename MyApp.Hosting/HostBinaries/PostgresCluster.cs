using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;

namespace MyApp.Hosting.HostBinaries;

/// <summary>Makes the data folder of a server once: complete, or not at all.</summary>
internal static class PostgresCluster
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="DistributedApplicationException">It cannot be made; the message says what to do.</exception>
    public static async Task PrepareAsync(HostPostgresResource server, CancellationToken ct)
    {
        var user = UnprivilegedUser.For("postgres");
        if (!Directory.Exists(server.DataFolder))
            await InitializeAsync(server, user, ct);
        await ServerFolder.EnsureReachableAsync(server.DataFolder, user, ct);
    }

    // initdb works in a folder beside, which gets its name when it is complete: one that was interrupted is thrown away.
    private static async Task InitializeAsync(HostPostgresResource server, UnprivilegedUser? user, CancellationToken ct)
    {
        var unfinished = server.DataFolder + ".unfinished";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        await ServerFolder.CreateAsync(unfinished, user, ct);
        var passwordFile = unfinished + ".password";
        try
        {
            AtomicFile.WriteAllText(passwordFile, await server.Password.GetValueAsync(ct) ?? "", OwnerOnly);
            await ServerFolder.GiveAsync(passwordFile, user, ct);
            await RunInitDbAsync(server, unfinished, passwordFile, user, ct);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(unfinished, server.DataFolder);
        AtomicFile.SyncFolder(Path.GetDirectoryName(server.DataFolder)!);
    }

    private static async Task RunInitDbAsync(
        HostPostgresResource server, string folder, string passwordFile, UnprivilegedUser? user, CancellationToken ct)
    {
        string[] args =
        [
            "-D", folder, $"--username={HostPostgresResource.UserName}", $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        ];
        var result = await LocalHost.RunAsync(
            new ProgramCall(server.Installation.InitDb, args) { WorkingDirectory = folder, InheritEnvironment = true, User = user?.ForProgram() }, ct);
        if (result.ExitCode != 0)
            throw new DistributedApplicationException($"initdb ended with exit code {result.ExitCode}: {result.Error.Trim()}");
    }
}
