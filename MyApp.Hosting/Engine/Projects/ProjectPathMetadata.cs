namespace MyApp.Hosting.Engine.Projects;

internal sealed class ProjectPathMetadata(string path) : IProjectMetadata
{
    public string ProjectPath => path;
}
