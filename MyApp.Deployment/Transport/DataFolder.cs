namespace MyApp.Deployment.Transport;

/// <summary>Where MyApp keeps its state on this machine.</summary>
public static class DataFolder
{
    public const string Variable = "MYAPP_DATA";

    /// <summary><c>MYAPP_DATA</c>, else <c>$XDG_STATE_HOME/myapp</c>, else <c>~/.local/state/myapp</c>; absolute. Makes nothing.</summary>
    public static string Resolve() => Resolve(Environment.GetEnvironmentVariable);

    internal static string Resolve(Func<string, string?> variable)
    {
        if (variable(Variable) is { Length: > 0 } data)
            return Path.GetFullPath(data);
        // The XDG base directory specification says to ignore relative paths.
        if (variable("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state))
            return Path.Combine(state, "myapp");
        if (variable("HOME") is { } home && Path.IsPathFullyQualified(home))
            return Path.Combine(home, ".local", "state", "myapp");
        throw new InvalidOperationException($"no place for state: set {Variable} to a folder (HOME is not set either)");
    }
}
