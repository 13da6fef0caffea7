namespace MyApp.Hosting.Engine.Execution;

/// <summary>One program to run, with everything resolved.</summary>
/// <param name="Environment">What the app model sets, on top of the AppHost's own environment.</param>
internal sealed record ProcessPlan(
    string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory);
