using MyApp.Deployment.Secrets;
using MyApp.Supervision.Control;

namespace MyApp.Deployment.Rollouts;

/// <summary>The target refused, or stayed away longer than was waited. Becomes a rollout's failure.</summary>
internal sealed class TargetFailedException(string message, Exception inner) : Exception(message, inner);

/// <summary>Asks a target that may be away for a moment, as a guard is while it is replaced.</summary>
internal sealed class TargetAccess(RolloutOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (GuardException e) when (e.Code == "unreachable" && clock.GetElapsedTime(began) < options.TargetPatience)
            {
                await Task.Delay(options.Poll < Pause ? options.Poll : Pause, clock, ct);
            }
            catch (GuardException e) when (e.Code == "unreachable")
            {
                throw new TargetFailedException($"the guard did not answer for {options.TargetPatience.TotalSeconds:0.#} s: {e.Message}", e);
            }
            catch (Exception e) when (e is GuardException or IOException or UnauthorizedAccessException or InvalidDataException or SecretsUnavailableException)
            {
                throw new TargetFailedException(e.Message, e);
            }
        }
    }

    public Task TellAsync(Func<Task> tell, CancellationToken ct) => AskAsync(
        async () =>
        {
            await tell();
            return true;
        },
        ct);
}
