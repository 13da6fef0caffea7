using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>How a short run ended. <see cref="Text"/> is the cause in words, with the first line the program wrote.</summary>
internal sealed record ShortRunOutcome(bool Succeeded, string Text);

/// <summary>Runs programs that end soon: probes, checks of dependencies. None outlives its time, and none leaves anything running.</summary>
internal sealed class ShortRun(GuardProcesses processes)
{
    /// <summary>Cancelled: it is killed, and the outcome says so.</summary>
    public async Task<ShortRunOutcome> RunAsync(Func<ProgramOrder> wanted, TimeSpan timeout, CancellationToken ct)
    {
        using var output = new FirstLine(processes.Poller);
        try
        {
            var program = wanted();
            var (tree, failure) = Start(program, output);
            if (tree is null)
                return new ShortRunOutcome(false, failure!);
            var outcome = await AttendAsync(tree, output, timeout, ct);
            program.Cgroup?.Remove();
            return outcome;
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            return new ShortRunOutcome(false, $"could not be started: {e.Message}");
        }
    }

    private async Task<ShortRunOutcome> AttendAsync(ProcessTree tree, FirstLine output, TimeSpan timeout, CancellationToken ct)
    {
        using var overdue = new CancellationTokenSource(timeout, processes.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, ct);
        var killed = false;
        await using var kill = either.Token.Register(() =>
        {
            killed = true;
            tree.KillAll();
        });
        var cause = await tree.WaitAsync();
        return killed
            ? new ShortRunOutcome(false, $"did not end within {timeout.TotalSeconds:0.###} s, killed{output.Text}")
            : new ShortRunOutcome(cause.IsSuccess, $"{cause.Describe()}{output.Text}");
    }

    private (ProcessTree? Tree, string? Failure) Start(ProgramOrder program, FirstLine output)
    {
        using var entry = program.Cgroup?.Enter();
        var order = program.Order with
        {
            CgroupFolder = entry?.Folder is { } folder ? Fd.Number(folder) : null,
            CgroupTasks = [.. entry?.Tasks.Select(Fd.Number) ?? []],
        };
        using var input = Fd.Open("/dev/null", O_RDONLY);
        using var write = output.OpenForProgram();
        var (pid, failure) = Spawner.Start(order, input, write, write);
        return failure is null
            ? (new ProcessTree(Children.Identify(pid), isChild: true, program.Cgroup, program.Mark, processes), null)
            : (null, SpawnWords.Cause(failure, order).Describe());
    }
}
