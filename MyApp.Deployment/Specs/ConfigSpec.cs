using MyApp.Supervision.Configs;

namespace MyApp.Deployment.Specs;

/// <summary>The application's own values, and how the program gets them.</summary>
public sealed record ConfigSpec
{
    /// <summary>By their keys without <c>app.</c>, e.g. <c>db.pool-size</c>. Empty where they are not delivered.</summary>
    public IReadOnlyDictionary<string, ConfigValue> Values { get; init; } = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal);

    /// <summary>Each value is a variable of the program's environment.</summary>
    public bool AsVariables { get; init; }

    /// <summary>Before the names of variables, in the environment and in a dotenv file.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Null: they are not given as a file.</summary>
    public ConfigFileSpec? File { get; init; }

    /// <summary>What a change in the config server sets in motion.</summary>
    public ConfigReaction OnChange { get; init; } = ConfigReaction.Ignore;

    public bool IsDelivered => AsVariables || File is not null;

    /// <summary>The values as variables, by their names; whether or not they are delivered so.</summary>
    public IEnumerable<(string Variable, string Key, ConfigValue Value)> Variables => Values.Select(pair => (ConfigNames.Variable(Prefix, pair.Key), pair.Key, pair.Value));
}

public enum ConfigReaction
{
    /// <summary>The next ship takes the new values.</summary>
    Ignore,

    /// <summary>The control plane rolls out the same artifact with the new values.</summary>
    Restart,

    /// <summary>Where the file of values alone is another one it is replaced, and SIGHUP tells the program; else as <see cref="Restart"/>.</summary>
    Signal,
}

/// <param name="Variable">Of the environment, which holds the file's path.</param>
public sealed record ConfigFileSpec(string Name, ConfigFormat Format, string Variable);
