using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IExpressionValue, IValueWithReferences
{
    public EndpointReference Endpoint => endpointReference;

    public EndpointProperty Property => property;

    public string ValueExpression => endpointReference.Expression(property);

    IEnumerable<object> IValueWithReferences.References => [endpointReference];

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(property switch
    {
        EndpointProperty.Url => endpointReference.Url,
        EndpointProperty.Host => endpointReference.Host,
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.Port => Text(endpointReference.Port),
        EndpointProperty.TargetPort => Text(endpointReference.TargetPort ?? endpointReference.Port),
        EndpointProperty.Scheme => endpointReference.Scheme,
        EndpointProperty.HostAndPort => $"{endpointReference.Host}:{Text(endpointReference.Port)}",
        EndpointProperty.TlsEnabled => endpointReference.TlsEnabled ? bool.TrueString : bool.FalseString,
        _ => throw new InvalidOperationException($"The property '{property}' of the endpoint '{endpointReference.EndpointName}' is not known."),
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
