namespace MyApp.Cli;

/// <param name="Stream"><c>access</c> or <c>error</c>; null: both.</param>
/// <param name="Tail">Lines from the end to begin with.</param>
internal sealed record LogQuery(string Service, string Environment, string? Stream, int Tail);
