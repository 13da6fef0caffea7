using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>
/// Who compiles. Source is somebody's input and a build runs what it says, so as root it is done by a user that owns nothing else.
/// </summary>
internal static class BuildUser
{
    // In the range that Debian leaves to whoever needs a fixed id (Debian policy 9.2.2: 60000-64999); it need not be in the user database.
    private const int Id = 60_577;

    /// <summary>Null: this process's own user, which is no other's business.</summary>
    public static ProgramUser? Get() => Environment.IsPrivilegedProcess && ProgramSearch.Find("setpriv") is not null ? new(Id, Id) : null;

    public static async Task GiveAsync(string folder, CancellationToken ct)
    {
        if (Get() is not { } user)
            return;
        var result = await LocalHost.RunAsync(new("chown", ["-R", "--no-dereference", $"{user.Uid}:{user.Gid}", "--", folder]) { InheritEnvironment = true }, ct);
        if (result.ExitCode != 0)
            throw new BuildFailedException($"the build folder could not be given to the build's user: {result.Error.Trim()}");
    }
}
