namespace MyApp.Supervision.Probes;

/// <summary>
/// Keeps liveness restarts from making an outage of a slowness: of the instances of a service, and of all under one guard, at most a
/// quarter (and always one) may be away at one time because their liveness probe failed.
/// </summary>
public static class FleetBrake
{
    private const int Share = 4;

    /// <summary>How many of so many may be away.</summary>
    public static int Limit(int instances) => Math.Max(1, instances / Share);

    /// <param name="service">Instances of the service and those of them that are away.</param>
    /// <param name="guard">All instances of the guard and those of them that are away.</param>
    /// <returns>Null: go on. Else why the restart is held, in words.</returns>
    public static string? Hold((int Instances, int Away) service, (int Instances, int Away) guard)
    {
        if (service.Away >= Limit(service.Instances))
            return $"{service.Away} of {service.Instances} instances of the service are away after liveness restarts, {Limit(service.Instances)} may be";
        if (guard.Away >= Limit(guard.Instances))
            return $"{guard.Away} of {guard.Instances} instances of the guard are away after liveness restarts, {Limit(guard.Instances)} may be";
        return null;
    }
}
