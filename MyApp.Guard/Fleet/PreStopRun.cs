using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Fleet;

/// <summary>
/// The program that the stop of an instance begins with. It has a control group of its own: what it leaves behind is ended with it, and the
/// instance is not. It never outlives the instance; what a guard that was killed has left of it the next one ends at its start.
/// </summary>
/// <param name="id">The instance's.</param>
internal sealed class PreStopRun(GuardContext context, UnitRuntime owner, int replica, string id, InstanceOutput output)
{
    private const string Purpose = ".pre-stop";
    private readonly Lock gate = new();
    private ProcessTree? running;
    private Task end = Task.CompletedTask;
    private bool isOver;

    /// <summary>The instance has a process, so there is something to stop.</summary>
    public void Expect()
    {
        lock (gate)
            isOver = false;
    }

    /// <param name="onEnded">Called once: when it has ended, or could not be started.</param>
    public void Begin(IReadOnlyDictionary<string, int> ports, Action onEnded)
    {
        lock (gate)
        {
            // The instance may have ended a moment ago, and its loop not have heard of it.
            if (!isOver)
                Start_NeedsLock(ports);
            end = EndedAsync(end, onEnded);
        }
    }

    /// <summary>SIGKILL to it and what it has started.</summary>
    public void Kill()
    {
        lock (gate)
            running?.KillAll();
    }

    /// <summary>The instance has ended: so does the program, by SIGTERM and, after 2 s, by SIGKILL. Completes when nothing is left of it.</summary>
    public async Task EndAsync()
    {
        Task ended;
        lock (gate)
        {
            isOver = true;
            running?.Signal(SIGTERM);
            ended = end;
        }

        try
        {
            await ended.WaitAsync(ProcessTree.StragglerGrace, context.Clock);
        }
        catch (TimeoutException)
        {
            Kill();
            await ended;
        }
    }

    private static async Task EndedAsync(Task run, Action onEnded)
    {
        await run;
        onEnded();
    }

    private void Start_NeedsLock(IReadOnlyDictionary<string, int> ports)
    {
        try
        {
            var own = owner.Cgroup(replica, Purpose);
            var (process, failure) = owner.Spawn(id, ports, output, own, owner.Unit.Stop.PreStop);
            if (process is null)
                context.Report($"{id}: the pre-stop program {failure!.Detail}");
            else
                end = RunAsync(running = owner.Tree($"{id}{Purpose}", process, isChild: true, own));
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            context.Report($"{id}: the pre-stop program could not be started: {e.Message}");
        }
    }

    private async Task RunAsync(ProcessTree program)
    {
        try
        {
            if (await program.WaitAsync() is { IsSuccess: false } cause)
                context.Report($"{id}: the pre-stop program: {cause.Describe()}");
            program.Cgroup?.Remove();
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            context.Report($"{id}: waiting for the end of the pre-stop program failed: {e.Message}");
        }

        lock (gate)
            running = null;
    }
}
