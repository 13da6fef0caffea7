using MyApp.Deployment.Transport;

namespace MyApp.Tests.Support;

/// <summary>The real git, as somebody at work uses it.</summary>
internal static class GitRepository
{
    private static readonly string[] Ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];

    /// <returns>What it prints.</returns>
    public static async Task<string> GitAsync(string folder, params string[] args)
    {
        var result = await LocalHost.RunAsync(new("git", [.. Ada, .. args]) { WorkingDirectory = folder, InheritEnvironment = true }, TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }

    /// <summary>Makes a repository of all that is in a folder, with one commit.</summary>
    /// <returns>The commit's id.</returns>
    public static async Task<string> CommitAllAsync(string folder)
    {
        await GitAsync(folder, "init", "--quiet");
        await GitAsync(folder, "add", ".");
        await GitAsync(folder, "commit", "--quiet", "-m", "first");
        return (await GitAsync(folder, "rev-parse", "HEAD")).Trim();
    }
}
