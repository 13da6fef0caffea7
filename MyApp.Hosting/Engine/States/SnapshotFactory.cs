using System.Collections.Immutable;

namespace MyApp.Hosting.Engine.States;

/// <summary>The first snapshot of a resource, and the parts of every snapshot that follow from its state.</summary>
internal sealed class SnapshotFactory(TimeProvider clock, IServiceProvider services)
{
    public static string ResourceId(IResource resource) =>
        resource.Annotations.OfType<InstanceAnnotation>().LastOrDefault() is { } instance ? $"{resource.Name}-{instance.Suffix}" : resource.Name;

    public CustomResourceSnapshot Initial(IResource resource)
    {
        var given = resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot;
        var snapshot = given ?? new CustomResourceSnapshot { ResourceType = TypeOf(resource), Properties = Properties(resource) };
        return snapshot with
        {
            CreationTimeStamp = snapshot.CreationTimeStamp ?? clock.GetUtcNow().UtcDateTime,
            Relationships = snapshot.Relationships.IsDefaultOrEmpty ? Relationships(resource) : snapshot.Relationships,
            HealthReports = [.. Checks(resource).Select(key => new HealthReportSnapshot(key, null, null, null))],
        };
    }

    public CustomResourceSnapshot WithCommandStates(IResource resource, CustomResourceSnapshot snapshot)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = services };
        return snapshot with
        {
            Commands = [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => new ResourceCommandSnapshot(
                c.Name, c.UpdateState(context), c.DisplayName, c.DisplayDescription, c.Parameter, c.ConfirmationMessage, c.IconName, c.IconVariant,
                c.IsHighlighted))],
        };
    }

    public static IEnumerable<string> Checks(IResource resource) => resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).Distinct();

    private static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ContainerResource => "Container",
        ExecutableResource => "Executable",
        ParameterResource => "Parameter",
        _ => resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
    };

    private static ImmutableArray<ResourcePropertySnapshot> Properties(IResource resource) => resource switch
    {
        ProjectResource project => [new(KnownProperties.ProjectPath, project.GetProjectMetadata().ProjectPath)],
        ExecutableResource executable =>
            [new(KnownProperties.ExecutablePath, executable.Command), new(KnownProperties.ExecutableWorkDir, executable.WorkingDirectory)],
        ContainerResource container when container.TryGetContainerImageName(out var image) => [new(KnownProperties.ContainerImage, image)],
        _ => [],
    };

    private static ImmutableArray<RelationshipSnapshot> Relationships(IResource resource)
    {
        var named = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type));
        var parent = resource is IResourceWithParent child ? [new RelationshipSnapshot(child.Parent.Name, "Parent")] : Array.Empty<RelationshipSnapshot>();
        return [.. named.Concat(parent).Distinct()];
    }
}
