namespace MyApp.Deployment.Sources;

/// <summary>Where a source stood in its repository.</summary>
/// <param name="Commit">Full id.</param>
/// <param name="Dirty">There were changes that no commit has, or files that git does not know.</param>
/// <param name="Remote">Without a user or password; null: there is none.</param>
public sealed record VcsState(string Commit, bool Dirty, string? Remote)
{
    /// <summary>For a person: <c>commit 0123456789ab with uncommitted changes</c>.</summary>
    public string Describe() => $"commit {(Commit.Length > ShortCommit ? Commit[..ShortCommit] : Commit)}{(Dirty ? " with uncommitted changes" : "")}";

    private const int ShortCommit = 12;
}
