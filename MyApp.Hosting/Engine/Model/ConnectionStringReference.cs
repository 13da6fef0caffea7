namespace Aspire.Hosting.ApplicationModel;

public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IExpressionValue, IValueWithReferences
{
    public IResourceWithConnectionString Resource => resource;

    public bool Optional => optional;

    string IManifestExpressionProvider.ValueExpression => resource.ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [resource];

    async ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
    {
        var value = await resource.GetConnectionStringAsync(cancellationToken);
        if (string.IsNullOrEmpty(value) && !optional)
            throw new DistributedApplicationException($"The connection string for the resource '{resource.Name}' is not available.");
        return value;
    }
}
