using System.Globalization;
using MyApp.Deployment.Transport;

namespace MyApp.Hosting.HostBinaries;

/// <summary>A folder that belongs to the user a server runs as.</summary>
internal static class ServerFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="user">Null: us.</param>
    public static async Task CreateAsync(string folder, UnprivilegedUser? user, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            throw new DistributedApplicationException("Host binaries are run on Linux; elsewhere PostgreSQL and Redis need a container engine.");
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder, Private);
        await GiveAsync(folder, user, ct);
        await EnsureReachableAsync(folder, user, ct);
    }

    public static async Task GiveAsync(string path, UnprivilegedUser? user, CancellationToken ct)
    {
        if (user is null)
            return;
        var owner = string.Create(CultureInfo.InvariantCulture, $"{user.Uid}:{user.Gid}");
        var result = await LocalHost.RunAsync(new ProgramCall("chown", ["--no-dereference", owner, path]) { InheritEnvironment = true }, ct);
        if (result.ExitCode != 0)
            throw new DistributedApplicationException($"{path} cannot be given to user '{user.Name}': {result.Error.Trim()}");
    }

    /// <exception cref="DistributedApplicationException">A folder on the way is closed to the user; the message names it.</exception>
    public static async Task EnsureReachableAsync(string folder, UnprivilegedUser? user, CancellationToken ct)
    {
        if (user is null || await MayAsync(user, "-w", folder, ct))
            return;
        foreach (var above in Above(folder))
        {
            if (!await MayAsync(user, "-x", above, ct))
            {
                throw new DistributedApplicationException(
                    $"User '{user.Name}', which the server runs as because it must not be root, cannot reach {folder}: {above} is closed to others. " +
                    $"Open it (chmod o+x {above}), or set {DataFolder.Variable} to a folder others can pass through, such as /var/lib/myapp.");
            }
        }

        throw new DistributedApplicationException(
            $"{folder} does not belong to user '{user.Name}', which the server runs as because it must not be root. Give it to it: chown -R {user.Name} {folder}");
    }

    private static IEnumerable<string> Above(string folder)
    {
        var way = new Stack<string>();
        for (var at = Directory.GetParent(folder); at is not null; at = at.Parent)
            way.Push(at.FullName);
        return way;
    }

    private static async Task<bool> MayAsync(UnprivilegedUser user, string access, string path, CancellationToken ct) =>
        (await LocalHost.RunAsync(new ProgramCall("test", [access, path]) { WorkingDirectory = "/", InheritEnvironment = true, User = user.ForProgram() }, ct))
            .ExitCode == 0;
}
