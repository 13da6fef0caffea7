namespace MyApp.Deployment.Specs;

/// <param name="File">Null when there is any problem.</param>
/// <param name="Problems">All of them, in the order of the file.</param>
public sealed record SpecReadResult(SpecFile? File, IReadOnlyList<SpecProblem> Problems);
