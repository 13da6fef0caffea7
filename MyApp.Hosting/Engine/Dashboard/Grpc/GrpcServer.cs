using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MyApp.Hosting.Engine.Dashboard.Grpc;

/// <summary>
/// gRPC over HTTP/2 without TLS, on loopback: Kestrel and nothing else, since no gRPC package is at hand everywhere and a whole web
/// application beside the one being hosted would listen to the same signals.
/// </summary>
internal sealed class GrpcServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyDictionary<string, Func<GrpcCall, Task>> methods;
    private readonly Func<IHeaderDictionary, bool> isAllowed;
    private readonly ILogger<GrpcServer> logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly KestrelServer server;

    /// <param name="methods">By path: <c>/package.Service/Method</c>.</param>
    /// <param name="isAllowed">Judges a call by its headers.</param>
    /// <param name="port">0: any free one.</param>
    public GrpcServer(IReadOnlyDictionary<string, Func<GrpcCall, Task>> methods, Func<IHeaderDictionary, bool> isAllowed, int port, ILoggerFactory loggers)
    {
        this.methods = methods;
        this.isAllowed = isAllowed;
        logger = loggers.CreateLogger<GrpcServer>();
        var options = new KestrelServerOptions { ApplicationServices = new ServiceCollection().AddSingleton(loggers).AddLogging().BuildServiceProvider() };
        options.AddServerHeader = false;
        // The streams are idle for hours: no rate, and no total, can be asked of them.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestBodySize = null;
        options.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>Known once started.</summary>
    public Uri Url => new(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Task StartAsync(CancellationToken ct) => server.StartAsync(this, ct);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        using var patience = new CancellationTokenSource(StopPatience);
        await server.StopAsync(patience.Token);
        server.Dispose();
        stopping.Dispose();
    }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
    }

    async Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) is not true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        context.Response.ContentType = "application/grpc";
        var (status, message) = await AnswerAsync(context);
        context.Response.AppendTrailer("grpc-status", ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (message is not null)
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }

    private async Task<(GrpcStatus Status, string? Message)> AnswerAsync(HttpContext context)
    {
        if (!isAllowed(context.Request.Headers))
            return (GrpcStatus.Unauthenticated, "The API key is missing or wrong.");
        if (!methods.TryGetValue(context.Request.Path, out var method))
            return (GrpcStatus.Unimplemented, "There is no such method.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        try
        {
            // Sends the headers: the caller of a stream waits for them before it believes that the stream is open.
            await context.Response.BodyWriter.FlushAsync(ended.Token);
            await method(new GrpcCall(context, ended.Token));
            return (GrpcStatus.Ok, null);
        }
        catch (GrpcException refused)
        {
            return (refused.Status, refused.Message);
        }
        // A caller that resets its stream ends a read of it with the latter.
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return (stopping.IsCancellationRequested ? GrpcStatus.Unavailable : GrpcStatus.Cancelled, null);
        }
#pragma warning disable CA1031 // a boundary: the caller gets the status, the log the rest
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogError(failure, "{Method} failed.", context.Request.Path);
            return (GrpcStatus.Internal, "The method failed; the log of the application host says why.");
        }
    }
}
