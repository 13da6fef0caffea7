using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Api.Rollouts;

namespace MyApp.Api.Configs;

/// <summary>Looks at changed services with every change, whenever a rollout is over, and unasked as often as the rollout worker does.</summary>
internal sealed class ConfigReactionWorker(
    DatabaseGate gate, ConfigReactions reactions, Wakeups wakeups, TimeProvider clock, IOptions<WorkerOptions> options, ILogger<ConfigReactionWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        while (true)
        {
            var beat = Task.WhenAny(wakeups.Configs.Next, wakeups.Work.Next);
            try
            {
                await reactions.ReactAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseFailure.Explains(e))
            {
                log.LogWarning("What changed in the config server waits: {Reason}", DatabaseFailure.Reason(e));
                // Not at once again: the trouble may well be here, and the beat ours.
                await Task.Delay(options.Value.Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await wakeups.Configs.WaitAsync(beat, options.Value.Poll, stoppingToken);
        }
    }
}
