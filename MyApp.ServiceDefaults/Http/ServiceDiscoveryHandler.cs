namespace MyApp.ServiceDefaults.Http;

internal sealed class ServiceDiscoveryHandler(ServiceEndpoints endpoints) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } asked)
            return await base.SendAsync(request, cancellationToken);
        request.RequestUri = endpoints.Resolve(asked);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // A retry sends the same message again, and must find the service's name in it.
            request.RequestUri = asked;
        }
    }
}
