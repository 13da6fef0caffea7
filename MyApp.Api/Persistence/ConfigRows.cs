namespace MyApp.Api.Persistence;

/// <summary>One atomic change of what is kept for a service in an environment; versions count up from 1 without gaps.</summary>
internal sealed class ConfigChangeRow
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public string? Message { get; init; }
}

/// <summary>A service whose values have changed, and that was not looked at since.</summary>
internal sealed class ConfigReactionRow
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>Another one with every change: what was looked at before the latest is not done with it.</summary>
    public required Guid Mark { get; init; }

    public required string ChangedBy { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>A key's value from a version on, until another version of the same key.</summary>
internal sealed class ConfigValueRow
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required string Key { get; init; }

    public required long Version { get; init; }

    /// <summary>Null: taken away.</summary>
    public string? Value { get; init; }
}
