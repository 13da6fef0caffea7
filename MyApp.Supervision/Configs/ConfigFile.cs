namespace MyApp.Supervision.Configs;

/// <summary>The values of an application as a file that each of its instances finds at <c>${config}</c>, and that only its user can read.</summary>
public sealed record ConfigFile
{
    /// <summary>Within a folder of the instance's own: 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.</summary>
    public string Name { get; init; } = "";

    public ConfigFormat Format { get; init; } = ConfigFormat.Dotenv;

    /// <summary>Before the names of variables; dotenv only.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The program reads the file again on SIGHUP, so that it can get other values while it runs.</summary>
    public bool Refreshable { get; init; }

    /// <summary>By their keys, e.g. <c>db.pool-size</c>, and <c>hosts[0]</c> for an item of a list. May hold the placeholders of <c>args</c>. Written in ordinal key order.</summary>
    public IReadOnlyDictionary<string, ConfigValue> Values { get; init; } = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal);
}
