using MyApp.Deployment.Transport;

namespace MyApp.Hosting.HostBinaries;

/// <summary>Docker or Podman, where one of them answers.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>The command; null where no engine works, which includes a client without its daemon.</returns>
    public static async Task<string?> FindAsync(CancellationToken ct)
    {
        foreach (var command in new[] { "docker", "podman" })
        {
            if (ProgramSearch.Find(command) is null)
                continue;
            var info = await LocalHost.RunAsync(
                new ProgramCall(command, ["info", "--format", "{{json .}}"]) { InheritEnvironment = true, Timeout = Patience }, ct);
            if (info is { ExitCode: 0, TimedOut: false })
                return command;
        }

        return null;
    }

    public static async Task<string> RequireAsync(CancellationToken ct) =>
        await FindAsync(ct) ?? throw new DistributedApplicationException("a container needs docker or podman, and neither answers `info`");
}
