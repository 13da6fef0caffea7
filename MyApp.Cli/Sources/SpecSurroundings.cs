using MyApp.Deployment.Layering;

namespace MyApp.Cli.Sources;

/// <summary>What counts for a spec beside its file.</summary>
/// <param name="Sets">Each <c>PATH=VALUE</c>.</param>
internal sealed record SpecSurroundings(IReadOnlyList<string> Sets)
{
    /// <summary>The environment they are for; null: that of the settings.</summary>
    public string? Environment { get; init; }

    /// <summary>What the config server keeps, by service.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RemoteValue>> Remote { get; init; } = new Dictionary<string, IReadOnlyList<RemoteValue>>();

    /// <summary>Variables that set a value; without those of the caller a command sees what a ship sees.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables { get; init; } = [];
}
