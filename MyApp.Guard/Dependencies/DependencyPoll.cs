using MyApp.Guard.Spawning;
using MyApp.Supervision.Ordering;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Dependencies;

/// <summary>
/// Watches something outside until disposed: tells when it is there, and when it is lost again if the dependency says that this matters;
/// else it is asked no more once it was there.
/// </summary>
internal sealed class DependencyPoll : IDisposable
{
    private readonly CancellationTokenSource end = new();

    /// <param name="onChange">Gets each transition, and each new reason within a failure; must not block.</param>
    public DependencyPoll(
        DependencyCheck check, UnitDependency dependency, Func<ProgramOrder> program, TimeProvider clock, Action<bool, string> onChange) =>
        _ = Task.Run(() => RunAsync(check, dependency, program, clock, onChange, end.Token));

    public void Dispose() => end.Cancel();

    private static async Task RunAsync(
        DependencyCheck check, UnitDependency dependency, Func<ProgramOrder> program, TimeProvider clock, Action<bool, string> onChange, CancellationToken ct)
    {
        try
        {
            string? told = null;
            for (var pace = DependencyPace.Unknown; pace.Up is not true || dependency.OnLoss != DependencyLoss.Ignore;)
            {
                var (up, text) = await check.AskAsync(dependency, program, ct);
                ct.ThrowIfCancellationRequested();
                var next = pace.Answered(up);
                if (next.Up != pace.Up || (next.Up is false && text != told))
                    onChange(next.Up is true, told = text);
                pace = next;
                if (pace.Up is not true || dependency.OnLoss != DependencyLoss.Ignore)
                    await Task.Delay(pace.Pause, clock, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: the ordinary end.
        }
    }
}
