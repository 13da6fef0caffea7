namespace Aspire.Hosting.ApplicationModel;

public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource => resource;

    public WaitType WaitType => waitType;

    /// <summary>What a dependency waited on to complete must end with.</summary>
    public int ExitCode => exitCode;

    public WaitBehavior? WaitBehavior { get; init; }
}
