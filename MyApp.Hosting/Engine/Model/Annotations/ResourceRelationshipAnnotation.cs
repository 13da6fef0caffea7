namespace Aspire.Hosting.ApplicationModel;

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource => resource;

    /// <summary><c>Reference</c>, <c>WaitFor</c> or <c>Parent</c>.</summary>
    public string Type => type;
}
