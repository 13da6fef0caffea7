using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>Plays planned exits against a target's way of restarting. No clock and no chance: the same input gives the same timeline.</summary>
public static class PolicySimulator
{
    public static IReadOnlyList<string> Targets { get; } = ["guard", "systemd", "supervisor", "kubernetes"];

    /// <param name="target">One of <see cref="Targets"/>.</param>
    public static Simulation Run(Unit unit, IReadOnlyList<PlannedExit> exits, string target)
    {
        var model = Model(unit, target);
        var runs = new List<SimulatedRun>();
        TimeSpan? start = TimeSpan.Zero;
        while (start is { } at && runs.Count < exits.Count)
        {
            var run = model.Run(runs.Count + 1, at, exits[runs.Count]);
            runs.Add(run);
            start = run.NextStart;
        }

        return new(target, model.Settings, runs, model.Notes, exits.Count - runs.Count);
    }

    private static IRestartModel Model(Unit unit, string target) => target switch
    {
        "guard" => new GuardModel(unit),
        "systemd" => new SystemdModel(unit),
        "supervisor" => new SupervisorModel(unit),
        "kubernetes" => new KubernetesModel(unit),
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "no such target"),
    };
}
