namespace MyApp.Cli.Commands;

/// <summary>The document of <c>init</c>.</summary>
/// <param name="Toolchain">Null where none was recognised.</param>
internal sealed record InitReport(string File, string Service, string? Toolchain);
