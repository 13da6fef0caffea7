using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Commands;

/// <summary>Follows a start or a restart to its end, as the target tells it.</summary>
/// <param name="before">The service as it was when that was asked for.</param>
/// <param name="verb">Start or restart.</param>
internal sealed class ServiceArrival(ServiceView before, ServiceVerb verb)
{
    /// <summary>How long is waited. What was asked for goes on after it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Without a probe a program is called ready when it has been started: whether it stays is known a moment later.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<string, InstanceView> known = before.Instances.ToDictionary(i => i.Id, StringComparer.Ordinal);

    /// <returns>The service when every instance has come to where it stays, one has failed, or <see cref="Patience"/> is over.</returns>
    public async Task<ServiceView> WaitAsync(IControl control, TimeProvider clock, CancellationToken ct)
    {
        var begin = clock.GetTimestamp();
        var seenBefore = false;
        while (true)
        {
            var now = await control.ReadServiceAsync(before.Name, before.Environment, ct);
            var seen = HasArrived(now);
            if ((seen && seenBefore) || Failed(now) is not null || clock.GetElapsedTime(begin) >= Patience)
                return now;
            seenBefore = seen;
            await Task.Delay(seen ? Settle : Look, clock, ct);
        }
    }

    public bool HasArrived(ServiceView now) => now.Instances.Count > 0 && now.Instances.All(i => HasArrived(now, i));

    public bool HasArrived(ServiceView now, InstanceView instance) => IsAnother(instance) && Stays(now, instance);

    /// <summary>The first instance that did not come up; null: none failed.</summary>
    public InstanceView? Failed(ServiceView now) =>
        now.Instances.FirstOrDefault(i => IsAnother(i) && (i.State is "failed" or "crashLoop" or "backoff" || (i.State == "stopped" && now.Job != true)));

    private static bool Stays(ServiceView now, InstanceView instance) => instance.State switch
    {
        "ready" or "waiting" => true,
        "running" or "stopped" => now.Job == true,
        _ => false,
    };

    // Until the target has taken the order it tells what was before.
    private bool IsAnother(InstanceView now)
    {
        if (!known.TryGetValue(now.Id, out var old) || (verb == ServiceVerb.Start && now.Ready))
            return true;
        return now.Pid is null || old.Pid is null || verb == ServiceVerb.Start ? now.Since != old.Since : now.Pid != old.Pid;
    }
}
