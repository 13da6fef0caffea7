using MyApp.Hosting.Engine.Projects;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), ProjectLaunch.DefaultProfile);

    /// <param name="launchProfileName">Null: none.</param>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? launchProfileName) where TProject : IProjectMetadata, new() =>
        Add(builder, name, new TProject(), launchProfileName);

    /// <param name="projectPath">Relative to the AppHost's folder.</param>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath) =>
        Add(builder, name, new ProjectPathMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)), ProjectLaunch.DefaultProfile);

    private static IResourceBuilder<ProjectResource> Add(
        IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, string? launchProfile)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata).WithAnnotation(new OtlpExporterAnnotation());
        return ProjectLaunch.Apply(project, metadata, launchProfile);
    }
}
