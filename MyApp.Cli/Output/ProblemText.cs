using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Output;

/// <summary>A refusal in words, on standard error: the same text wherever it was found, here or by the server.</summary>
internal static class ProblemText
{
    public static void Print(ProblemView problem, Screen screen)
    {
        var lines = (problem.Detail ?? problem.Title ?? "refused without a reason").TrimEnd().Split('\n');
        screen.Error(new Styled("myapp: ", Tone.Bad), lines[0]);
        foreach (var line in lines.Skip(1))
            screen.Error("  ", line);
        foreach (var line in problem.Problems ?? [])
            screen.Error("  ", line);
        if (problem.Holder is { } holder && !lines.Any(l => l.Contains(holder, StringComparison.Ordinal)))
            screen.Error("  held by ", holder);
    }
}
