using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Output;

/// <summary>A refusal in words, on standard error: the same text wherever it was found, here or by the server.</summary>
internal static class ProblemText
{
    public static void Print(ProblemView problem, Screen screen)
    {
        var (said, problems) = Parts(problem);
        var lines = said.TrimEnd().Split('\n');
        screen.Error(new Styled("myapp: ", Tone.Bad), lines[0]);
        foreach (var line in lines.Skip(1))
            screen.Error("  ", line);
        foreach (var line in problems)
            screen.Error("  ", line);
        if (problem.Holder is { } holder && !lines.Any(l => l.Contains(holder, StringComparison.Ordinal)))
            screen.Error("  held by ", holder);
    }

    // A detail may be the problems themselves in one line, as for programs that look at nothing else.
    private static (string Said, IReadOnlyList<string> Problems) Parts(ProblemView problem)
    {
        var (said, problems) = (problem.Detail ?? problem.Title ?? "refused without a reason", problem.Problems ?? []);
        if (problems.Any(each => !said.Contains(each, StringComparison.Ordinal)))
            return (said, problems);
        return problems.Count > 1 && problem.Title is { } title ? (title, problems) : (said, []);
    }
}
