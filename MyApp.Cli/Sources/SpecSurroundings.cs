using MyApp.Deployment.Layering;

namespace MyApp.Cli.Sources;

/// <summary>What counts for a spec beside its file.</summary>
/// <param name="Sets">Each <c>PATH=VALUE</c>.</param>
/// <param name="Remote">What the config server keeps for the one service it is about.</param>
internal sealed record SpecSurroundings(IReadOnlyList<string> Sets, IReadOnlyList<RemoteValue> Remote);
