namespace MyApp.Supervision.Units;

/// <param name="Line">From 1.</param>
/// <param name="Column">In bytes, from 1.</param>
public sealed record UnitFileProblem(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
