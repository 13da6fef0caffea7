namespace Aspire.Hosting;

/// <summary>Where a project is; implemented by the generated classes of namespace Projects.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    string ProjectPath { get; }

    LaunchSettings? LaunchSettings => null;

    /// <summary>It is built with the AppHost.</summary>
    bool SuppressBuild => false;
}
