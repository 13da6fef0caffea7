using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace MyApp.Tests.Hosting.Dashboard;

/// <summary>gRPC by hand: what the dashboard does, without what it does it with.</summary>
internal sealed class GrpcProbe(Uri server, string? apiKey) : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

    public async Task<Answer> CallAsync(string method, byte[] message, byte compressed = 0, CancellationToken ct = default)
    {
        var framed = new byte[5 + message.Length];
        framed[0] = compressed;
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, 5);
        return await SendAsync(method, framed, ct);
    }

    public async Task<Answer> SendAsync(string method, byte[] body, CancellationToken ct = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        if (apiKey is not null)
            request.Headers.Add("x-resource-service-api-key", apiKey);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return new Answer(response, await response.Content.ReadAsStreamAsync(ct));
    }

    public void Dispose() => client.Dispose();

    internal sealed class Answer(HttpResponseMessage response, Stream stream) : IDisposable
    {
        public HttpStatusCode HttpStatus => response.StatusCode;

        /// <summary>Null: the stream has ended.</summary>
        public async Task<WireMessage?> NextAsync(CancellationToken ct)
        {
            var header = new byte[5];
            if (await stream.ReadAtLeastAsync(header, 5, throwOnEndOfStream: false, ct) < 5)
                return null;
            var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
            await stream.ReadExactlyAsync(message, ct);
            return new WireMessage(message);
        }

        public async Task<(int Status, string? Message)> EndAsync(CancellationToken ct)
        {
            while (await NextAsync(ct) is not null)
                continue;
            var trailers = response.TrailingHeaders.Concat(response.Headers).ToLookup(header => header.Key, header => string.Join(',', header.Value));
            return (int.Parse(trailers["grpc-status"].Single(), null), trailers["grpc-message"].FirstOrDefault() is { } m ? Uri.UnescapeDataString(m) : null);
        }

        public void Dispose() => response.Dispose();
    }
}
