using MyApp.Supervision.Logs;

namespace MyApp.Deployment.Logs;

/// <summary>Which lines of a service are asked for.</summary>
/// <param name="Stream">Null: all.</param>
/// <param name="Tail">Lines from the end to begin with, of those that are wanted.</param>
public sealed record LogQuery(string Service, string Environment, LogStream? Stream, int Tail)
{
    /// <summary>Only lines from then on; null: from the beginning.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only lines up to then; null: to the end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Null: every line.</summary>
    public LogPattern? Pattern { get; init; }

    /// <summary>More is asked for than the last lines, so that files have to be searched.</summary>
    public bool IsSearch => (Since ?? Until) is not null || Pattern is not null;
}
