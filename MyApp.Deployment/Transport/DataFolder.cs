namespace MyApp.Deployment.Transport;

/// <summary>Where MyApp keeps its state on this machine.</summary>
public static class DataFolder
{
    public const string Variable = "MYAPP_DATA";

    // Where programs of root keep what outlives them (Filesystem Hierarchy Standard). Root's home is closed to the users services run as.
    private const string OfRoot = "/var/lib/myapp";

    /// <summary>
    /// <c>MYAPP_DATA</c>, else <c>$XDG_STATE_HOME/myapp</c>, else <c>/var/lib/myapp</c> for root and <c>~/.local/state/myapp</c> for everybody
    /// else; absolute. Makes nothing.
    /// </summary>
    public static string Resolve() => Resolve(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess);

    internal static string Resolve(Func<string, string?> variable, bool isRoot)
    {
        if (variable(Variable) is { Length: > 0 } data)
            return Path.GetFullPath(data);
        // The XDG base directory specification says to ignore relative paths.
        if (variable("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state))
            return Path.Combine(state, "myapp");
        if (isRoot)
            return OfRoot;
        if (variable("HOME") is { } home && Path.IsPathFullyQualified(home))
            return Path.Combine(home, ".local", "state", "myapp");
        throw new InvalidOperationException($"no place for state: set {Variable} to a folder (HOME is not set either)");
    }
}
