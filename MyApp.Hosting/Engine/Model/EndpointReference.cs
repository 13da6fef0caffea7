namespace Aspire.Hosting.ApplicationModel;

public sealed class EndpointReference : IExpressionValue, IValueWithReferences
{
    private readonly EndpointAnnotation? given;

    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        Resource = owner;
        EndpointName = endpointName;
    }

    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint) : this(owner, endpoint.Name) => given = endpoint;

    public IResourceWithEndpoints Resource { get; }

    public string EndpointName { get; }

    public EndpointAnnotation EndpointAnnotation =>
        Find() ?? throw new InvalidOperationException($"The endpoint '{EndpointName}' is not defined for the resource '{Resource.Name}'.");

    public bool Exists => Find() is not null;

    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    public bool IsHttp => Scheme == "http";

    public bool IsHttps => Scheme == "https";

    public bool ExcludeReferenceEndpoint => EndpointAnnotation.ExcludeReferenceEndpoint;

    public bool TlsEnabled => Find()?.TlsEnabled ?? false;

    public string Scheme => EndpointAnnotation.UriScheme;

    public int? TargetPort => EndpointAnnotation.TargetPort;

    public int Port => Allocated.Port;

    public string Host => Allocated.Address;

    public string Url => Allocated.UriString;

    string IManifestExpressionProvider.ValueExpression => Expression(EndpointProperty.Url);

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint
        ?? throw new InvalidOperationException($"The endpoint '{EndpointName}' of the resource '{Resource.Name}' has no address yet.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Url);

    internal string Expression(EndpointProperty property) => property switch
    {
        EndpointProperty.HostAndPort => $"{Expression(EndpointProperty.Host)}:{Expression(EndpointProperty.Port)}",
        EndpointProperty.IPV4Host => Expression(EndpointProperty.Host),
        EndpointProperty.TargetPort => $"{{{Resource.Name}.bindings.{EndpointName}.targetPort}}",
        _ => $"{{{Resource.Name}.bindings.{EndpointName}.{property.ToString().ToLowerInvariant()}}}",
    };

    private EndpointAnnotation? Find() => given
        ?? Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => ResourceName.Comparer.Equals(e.Name, EndpointName));
}
