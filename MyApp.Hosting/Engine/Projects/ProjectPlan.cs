using System.Reflection;
using MyApp.Hosting.Engine.Execution;

namespace MyApp.Hosting.Engine.Projects;

/// <summary>A project runs as what it was built into: the AppHost refers to it, so it was built first.</summary>
internal static class ProjectPlan
{
    public static ProcessPlan Build(
        ProjectResource project, Assembly? appHost, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var path = project.GetProjectMetadata().ProjectPath;
        var program = AppHostProject.OutputOf(appHost, path) ?? throw new DistributedApplicationException(
            $"Project '{project.Name}' ({path}) is not a ProjectReference of the AppHost, so it was not built with it.");
        if (!File.Exists(program))
            throw new DistributedApplicationException($"Project '{project.Name}' has not been built: there is no {program}.");
        return new ProcessPlan("dotnet", [program, .. arguments], environment, Path.GetDirectoryName(path)!);
    }
}
