using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MyApp.Tests.Guard.Probing;

/// <summary>A real server of ASP.NET Core on a free port.</summary>
internal sealed class ProbedServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ProbedServer(WebApplication app) => this.app = app;

    public int Port { get; private init; }

    public static async Task<ProbedServer> StartAsync(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1, bool tls = false)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (tls)
                listen.UseHttps(SelfSigned());
        }));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ProbedServer(app) { Port = new Uri(address).Port };
    }

    /// <summary>grpc.health.v1.Health/Check spoken by hand.</summary>
    /// <param name="status">ServingStatus of a known service; null: the server knows no such method.</param>
    public static Task<ProbedServer> StartGrpcAsync(int? status) => StartAsync(
        async context =>
        {
            using var request = new MemoryStream();
            await context.Request.Body.CopyToAsync(request);
            var isCheck = context.Request.Path == "/grpc.health.v1.Health/Check" && context.Request.Method == "POST"
                && context.Request.ContentType == "application/grpc" && context.Request.Headers.TE == "trailers";
            var asked = request.Length <= 5 ? "" : System.Text.Encoding.UTF8.GetString(request.ToArray().AsSpan(7));
            context.Response.ContentType = "application/grpc";
            var code = !isCheck || status is null ? 12 : asked is "" or "shop.Orders" ? 0 : 5;
            if (code == 0)
                await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, (byte)status! });
            context.Response.AppendTrailer("grpc-status", $"{code}");
            if (code != 0)
                context.Response.AppendTrailer("grpc-message", "asked%20for%20too much");
        },
        HttpProtocols.Http2);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=elsewhere.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
