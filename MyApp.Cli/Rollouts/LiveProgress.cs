using MyApp.Cli.Output;
using MyApp.Deployment.Rollouts;
using Spectre.Console;

namespace MyApp.Cli.Rollouts;

/// <summary>Draws a <see cref="RolloutBoard"/> on a terminal ten times a second, until disposed.</summary>
internal sealed class LiveProgress : IRolloutWatcher, IAsyncDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly RolloutBoard board = new();
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider clock;
    private readonly IAnsiConsole console;
    private readonly Task drawing;

    public LiveProgress(Screen screen, TimeProvider clock)
    {
        this.clock = clock;
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(screen.People),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = screen.HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        });
        drawing = console.Live(new Text("")).AutoClear(false).StartAsync(DrawAsync);
    }

    public void OnEvent(RolloutEvent happened)
    {
        lock (gate)
            board.Apply(happened);
    }

    public void OnReconnecting(string reason)
    {
        lock (gate)
            board.Notice = $"connection lost ({reason}), reconnecting … the rollout goes on";
    }

    public async ValueTask DisposeAsync()
    {
        over.TrySetResult();
        await drawing;
    }

    private async Task DrawAsync(LiveDisplayContext context)
    {
        while (!over.Task.IsCompleted)
        {
            Draw(context);
            await Task.WhenAny(over.Task, Task.Delay(Frame, clock));
        }

        Draw(context);
    }

    private void Draw(LiveDisplayContext context)
    {
        lock (gate)
            context.UpdateTarget(board.Draw(clock.GetUtcNow(), console.Profile.Width));
    }
}
