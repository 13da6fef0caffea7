namespace Aspire.Hosting.ApplicationModel;

public class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    public CustomResourceSnapshot InitialSnapshot => initialSnapshot;
}
