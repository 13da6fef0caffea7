using MyApp.Supervision.Ordering;

namespace MyApp.Supervision.Units;

/// <summary>What is wrong with files together, each being right by itself.</summary>
public static class UnitSet
{
    /// <param name="files">With the text each was read from.</param>
    public static IReadOnlyList<UnitFileProblem> Problems(IReadOnlyList<(UnitFile File, byte[] Text)> files)
    {
        var problems = new List<UnitFileProblem>();
        var services = new Dictionary<(string, string), string>();
        var ports = new Dictionary<int, (string File, string Service)>();
        foreach (var (file, text) in files.Where(f => f.File.Unit is not null))
        {
            var unit = file.Unit!;
            if (!services.TryAdd((unit.Environment, unit.Service), file.Name))
                problems.Add(UnitFile.ProblemAt(file.Name, text, "service", $"service: {unit.Service} in {unit.Environment} is declared by {services[(unit.Environment, unit.Service)]} too"));
            for (var i = 0; i < unit.Ports.Count; i++)
            {
                if (!ports.TryAdd(unit.Ports[i].Port, (file.Name, unit.Service)) && ports[unit.Ports[i].Port] is var other && other.File != file.Name)
                    problems.Add(UnitFile.ProblemAt(file.Name, text, $"ports[{i}].port", $"ports: {unit.Ports[i].Port} is that of {other.Service} ({other.File}) too"));
            }
        }

        foreach (var environment in files.Where(f => f.File.Unit is not null).GroupBy(f => f.File.Unit!.Environment, StringComparer.Ordinal))
        {
            if (new DependencyGraph(environment.Select(f => f.File.Unit!)).Cycle() is { } cycle)
            {
                var (file, text) = environment.First(f => f.File.Unit!.Service == cycle.Split(' ')[0]);
                problems.Add(UnitFile.ProblemAt(file.Name, text, "dependsOn", $"dependsOn: {cycle} is a circle, in which nobody could start first"));
            }
        }

        return problems;
    }
}
