namespace MyApp.Deployment.Specs;

/// <summary>What the placeholders of one place can stand for.</summary>
/// <param name="Ports">Names of the service's ports.</param>
/// <param name="HasConfig">The application's values are delivered as a file.</param>
internal sealed record PlaceholderScope(IReadOnlyCollection<string> Ports, bool HasConfig)
{
    /// <summary>There is one whose ports, name and file can be meant; what is asked before it starts has none.</summary>
    public bool HasInstance { get; init; } = true;

    /// <summary>Secrets are filled in; of a command nobody could keep them, as arguments can be read by every user of the machine.</summary>
    public bool HasSecrets { get; init; } = true;
}
