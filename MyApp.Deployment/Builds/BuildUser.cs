using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>
/// Who compiles. Source is somebody's input and a build runs what it says, so as root it is done by a user that owns nothing else.
/// </summary>
internal static class BuildUser
{
    // In the range that Debian leaves to whoever needs a fixed id (Debian policy 9.2.2: 60000-64999); it need not be in the user database.
    private const int Id = 60_577;

    /// <summary>Null: this process's own user, because it is not root or nobody else could get to the data folder.</summary>
    public static ProgramUser? For(DataPaths paths) =>
        Environment.IsPrivilegedProcess && ProgramSearch.Find("setpriv") is not null && Unreachable(paths) is null ? new(Id, Id) : null;

    /// <summary>The first folder above the data that only its owner may pass; null: there is none.</summary>
    public static string? Unreachable(DataPaths paths)
    {
        for (var at = new DirectoryInfo(paths.DataFolder); at is not null; at = at.Parent)
        {
            if (!OperatingSystem.IsWindows() && at.Exists && (at.UnixFileMode & UnixFileMode.OtherExecute) == 0)
                return at.FullName;
        }

        return null;
    }

    /// <summary>Makes a folder that others may pass through and not list.</summary>
    public static void MakePassable(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public static async Task GiveAsync(DataPaths paths, string folder, CancellationToken ct)
    {
        if (For(paths) is not { } user)
            return;
        var result = await LocalHost.RunAsync(new("chown", ["-R", "--no-dereference", $"{user.Uid}:{user.Gid}", "--", folder]) { InheritEnvironment = true }, ct);
        if (result.ExitCode != 0)
            throw new BuildFailedException($"the build folder could not be given to the build's user: {result.Error.Trim()}");
    }
}
