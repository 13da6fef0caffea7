namespace MyApp.Deployment.Sources;

/// <summary>Where a repository is and what of it is wanted.</summary>
/// <param name="Url">As git takes it.</param>
/// <param name="Ref">Branch, tag or full commit; null: the remote's HEAD.</param>
public sealed record GitAddress(string Url, string? Ref)
{
    private static readonly string[] Schemes = ["https://", "http://", "ssh://", "git://", "file://", "git@"];

    /// <summary>
    /// <c>https://host/path.git#ref</c>, and the same with http, ssh, git, file and git@host:path. Null where the text is nothing of the kind, which is
    /// what a path is.
    /// </summary>
    public static GitAddress? Parse(string text)
    {
        if (!Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal)) || text.Any(char.IsControl))
            return null;
        var hash = text.LastIndexOf('#');
        return hash < 0 ? new(text, null) : new(text[..hash], text[(hash + 1)..] is { Length: > 0 } wanted ? wanted : null);
    }

    /// <summary>Without a user and password, for people and records.</summary>
    public static string WithoutSecrets(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 && uri.Scheme is "http" or "https"
            ? new UriBuilder(url) { UserName = "", Password = "" }.Uri.AbsoluteUri
            : url;
}
