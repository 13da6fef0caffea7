using MyApp.Deployment.Logs;

namespace MyApp.Api.Logs;

/// <summary>Which of a service's lines are wanted.</summary>
/// <param name="Stream"><c>access</c>, <c>error</c> or <c>trace</c>; null: all.</param>
/// <param name="Since">Only lines from then on; null: of any time.</param>
/// <param name="Pattern">Null: every line.</param>
internal sealed record LogSelection(string? Stream, DateTimeOffset? Since, LogPattern? Pattern);
