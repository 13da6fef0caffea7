namespace MyApp.Deployment.Policies;

/// <summary>What one target makes of a unit's restart rule. Remembers the runs before, so it is made anew for each simulation.</summary>
internal interface IRestartModel
{
    IReadOnlyList<string> Settings { get; }

    IReadOnlyList<string> Notes { get; }

    /// <param name="start">From the first start.</param>
    SimulatedRun Run(int number, TimeSpan start, PlannedExit planned);
}
