using System.Net;
using Microsoft.Extensions.Options;

namespace MyApp.Api.Http;

/// <summary>
/// Lets in only callers on loopback, under names of this machine, and no page of another origin that changes something. A browser on
/// the same machine is the attacker here: it runs other people's pages.
/// </summary>
internal sealed class AccessRules(RequestDelegate next, IOptions<AccessOptions> options)
{
    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    public Task InvokeAsync(HttpContext context)
    {
        // As the answer starts and not now: the exception handler empties the headers.
        context.Response.OnStarting(SecurityHeaders.SetAsync, context.Response);
        return Refusal(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
    }

    private IResult? Refusal(HttpContext context)
    {
        if (!options.Value.AllowRemote && context.Connection.RemoteIpAddress is { } caller && !IPAddress.IsLoopback(caller))
            return Problems.Of(403, "remote-refused", "Only callers on this machine are answered", "set Api:AllowRemote to answer others");
        if (!IsAllowedHost(context.Request.Host.Host))
            return Problems.Of(400, "host-refused", "Unknown host name", $"'{context.Request.Host.Host}' is not among Api:AllowedHosts");
        return IsForeignChange(context.Request)
            ? Problems.Of(403, "cross-origin", "Refused from another origin", "a page of another origin may not change anything here")
            : null;
    }

    // RFC 6761 keeps *.localhost on loopback, so no other machine can own such a name.
    private bool IsAllowedHost(string host) =>
        LoopbackNames.Contains(host, StringComparer.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || options.Value.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool IsForeignChange(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return false;
        // Browsers send at least one of the two with every unsafe request; other clients send neither.
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is not ("same-origin" or "none");
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
