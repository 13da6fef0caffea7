namespace MyApp.Cli;

/// <param name="Stream"><c>access</c>, <c>error</c> or <c>trace</c>; null: all.</param>
/// <param name="Tail">Lines from the end to begin with, of those that are wanted.</param>
/// <param name="Since">Only lines from then on; null: of any time.</param>
/// <param name="Grep">A regular expression, already checked; null: every line.</param>
internal sealed record LogQuery(string Service, string Environment, string? Stream, int Tail, DateTimeOffset? Since = null, string? Grep = null);
