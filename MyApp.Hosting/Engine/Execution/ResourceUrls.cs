using System.Collections.Immutable;

namespace MyApp.Hosting.Engine.Execution;

internal static class ResourceUrls
{
    public static ImmutableArray<UrlSnapshot> Of(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>()
            .Where(e => e.AllocatedEndpoint is not null)
            .Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, IsInternal: false));
        var given = resource.Annotations.OfType<ResourceUrlAnnotation>()
            .Select(u => new UrlSnapshot(u.Endpoint?.EndpointName, u.Url, IsInternal: false) { DisplayProperties = new(u.DisplayText ?? "") });
        return [.. endpoints.Concat(given)];
    }
}
