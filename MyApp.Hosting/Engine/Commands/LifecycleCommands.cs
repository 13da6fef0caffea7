using MyApp.Hosting.Engine.Execution;

namespace MyApp.Hosting.Engine.Commands;

/// <summary>Start, stop and restart, with the names and icons the official dashboard shows.</summary>
internal static class LifecycleCommands
{
    public static void Add(ProcessRunner runner)
    {
        Add(runner, KnownResourceCommands.StartCommand, "Start", "Play", s => IsStopped(s), () => runner.StartNowAsync(skipWaits: true));
        Add(runner, KnownResourceCommands.StopCommand, "Stop", "Stop", s => !IsStopped(s), runner.StopAsync);
        Add(runner, KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", s => !IsStopped(s), async () =>
        {
            await runner.StopAsync();
            await runner.StartNowAsync(skipWaits: true);
        });
    }

    private static void Add(ProcessRunner runner, string name, string display, string icon, Func<string?, bool> enabled, Func<Task> run) =>
        runner.Resource.Annotations.Add(new ResourceCommandAnnotation(
            name, display,
            context => enabled(context.ResourceSnapshot.State?.Text) ? ResourceCommandState.Enabled
                : name == KnownResourceCommands.RestartCommand ? ResourceCommandState.Disabled : ResourceCommandState.Hidden,
            async context =>
            {
                await run().WaitAsync(context.CancellationToken);
                return CommandResults.Success();
            },
            displayDescription: null, parameter: null, confirmationMessage: null, icon, IconVariant.Filled, isHighlighted: name != KnownResourceCommands.RestartCommand));

    private static bool IsStopped(string? state) =>
        state is null || state == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(state);
}
