using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli;

/// <summary>Ends a command with an exit code and a text for a person. Caught in one place, <see cref="Invocation"/>.</summary>
internal sealed class CommandFailedException(int exitCode, ProblemView problem, Exception? inner = null)
    : Exception(problem.Detail ?? problem.Title, inner)
{
    public CommandFailedException(int exitCode, string message, Exception? inner = null)
        : this(exitCode, new ProblemView { Title = message }, inner)
    {
    }

    public int ExitCode { get; } = exitCode;

    /// <summary>The same as a document, for <c>--output json</c>.</summary>
    public ProblemView Problem { get; } = problem;

    /// <summary>Many problems of one input, each as <c>file:line:column: message</c>.</summary>
    public static CommandFailedException BadInput(string title, IReadOnlyList<string> problems) =>
        new(Cli.ExitCode.BadInput, new ProblemView { Title = title, Problems = problems });
}
