namespace Aspire.Hosting.ApplicationModel;

public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource => resource;

    /// <summary>The instance: the resource's name, for processes followed by a hyphen and eight letters.</summary>
    public string ResourceId => resourceId;

    public CustomResourceSnapshot Snapshot => snapshot;
}
