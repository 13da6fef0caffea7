namespace MyApp.Deployment.Sources;

/// <summary>Where a source stood in its repository.</summary>
/// <param name="Commit">Full id.</param>
/// <param name="Dirty">There were changes that no commit has, or files that git does not know.</param>
/// <param name="Remote">Without a user or password; null: there is none.</param>
public sealed record VcsState(string Commit, bool Dirty, string? Remote)
{
    private const int ShortCommit = 12;

    private string Short => Commit.Length > ShortCommit ? Commit[..ShortCommit] : Commit;

    /// <summary>In a sentence: <c>commit 0123456789ab with uncommitted changes</c>.</summary>
    public string Describe() => $"commit {Short}{(Dirty ? " with uncommitted changes" : "")}";

    /// <summary>In a table: <c>0123456789ab + changes</c>.</summary>
    public string Brief() => $"{Short}{(Dirty ? " + changes" : "")}";
}
