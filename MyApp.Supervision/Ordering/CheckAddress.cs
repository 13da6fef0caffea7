namespace MyApp.Supervision.Ordering;

public enum CheckScheme { Tcp, Http, Https, Postgres, Redis }

/// <summary>Something outside that a service needs, as <c>tcp://host:port</c>, <c>http(s)://host[:port]/path</c>,
/// <c>postgres://[user@]host[:port][/database]</c> or <c>redis://host[:port]</c>. Passwords in it are not used.</summary>
/// <param name="Path">With the query; http(s) only.</param>
/// <param name="User">postgres only: <c>postgres</c> where none is given.</param>
/// <param name="Database">postgres only: as the user where none is given.</param>
public sealed record CheckAddress(CheckScheme Scheme, string Host, int Port, string Path, string User, string Database)
{
    /// <summary>The address without what may be secret.</summary>
    public override string ToString() =>
        $"{Scheme.ToString().ToLowerInvariant()}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}{(Scheme is CheckScheme.Http or CheckScheme.Https ? Path.Split('?')[0] : "")}";

    /// <param name="problem">Why it is no such address, in words; null when it is one.</param>
    public static CheckAddress? TryParse(string text, out string? problem)
    {
        problem = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || SchemeOf(uri.Scheme) is not { } scheme)
            problem = "must be an address: tcp://, http://, https://, postgres:// or redis://";
        else if (uri.Host.Length == 0 || uri.Host.Any(c => c is <= ' ' or >= (char)127))
            problem = "the address has no host";
        else if (PortOf(uri, scheme) is not { } port)
            problem = "the address has no port";
        else
            return Made(uri, scheme, port);
        return null;
    }

    private static CheckAddress Made(Uri uri, CheckScheme scheme, int port)
    {
        var user = Uri.UnescapeDataString(uri.UserInfo.Split(':')[0]);
        user = user.Length == 0 ? "postgres" : user;
        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        var host = uri.Host.Trim('[', ']');
        return new CheckAddress(scheme, host, port, uri.PathAndQuery.Length == 0 ? "/" : uri.PathAndQuery, user, database.Length == 0 ? user : database);
    }

    private static CheckScheme? SchemeOf(string scheme) => scheme switch
    {
        "tcp" => CheckScheme.Tcp,
        "http" => CheckScheme.Http,
        "https" => CheckScheme.Https,
        "postgres" or "postgresql" => CheckScheme.Postgres,
        "redis" => CheckScheme.Redis,
        _ => null,
    };

    private static int? PortOf(Uri uri, CheckScheme scheme) => uri.Port > 0 ? uri.Port : scheme switch
    {
        CheckScheme.Postgres => 5432,
        CheckScheme.Redis => 6379,
        _ => null,
    };
}
