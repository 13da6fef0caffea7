using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MyApp.Cli.Remote;

/// <summary>One HTTP client for one API, with the rules for trying again: only a GET, only when no connection came about.</summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(400)];
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(100);
    private const int DownloadBuffer = 128 * 1024;

    private readonly HttpClient http;
    private readonly Uri api;

    public ApiConnection(Uri api, TimeProvider clock)
    {
        this.api = new Uri(api.AbsoluteUri.TrimEnd('/') + "/");
        Clock = clock;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // 413 is answered before two gigabytes are sent for nothing.
            Expect100ContinueTimeout = TimeSpan.FromSeconds(2),
            UseProxy = !api.IsLoopback,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        http = new HttpClient(handler) { BaseAddress = this.api, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("myapp", "1"));
    }

    public TimeProvider Clock { get; }

    public Uri At(string path) => new(api, path);

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var timeout = Deadline(ct);
                using var response = await http.GetAsync(At(path), HttpCompletionOption.ResponseHeadersRead, timeout.Token);
                return await ApiAnswers.ReadAsync(response, type, timeout.Token);
            }
            catch (HttpRequestException e) when (ConnectionLoss.IsRefusal(e) && attempt < Pauses.Length)
            {
                await Task.Delay(Pauses[attempt], Clock, ct);
            }
            catch (Exception e) when (ConnectionLoss.Is(e, ct))
            {
                throw Unreachable(e);
            }
        }
    }

    /// <summary>Writes what is answered; however long it is, it takes as long as that takes.</summary>
    public async Task DownloadAsync(string path, Stream target, CancellationToken ct)
    {
        try
        {
            using var timeout = Deadline(ct);
            using var response = await http.GetAsync(At(path), HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            await ApiAnswers.EnsureAcceptedAsync(response, timeout.Token);
            await using var body = new IdleTimeoutStream(await response.Content.ReadAsStreamAsync(ct), AnswerTimeout, Clock);
            var buffer = new byte[DownloadBuffer];
            while (await body.ReadAsync(buffer, ct) is > 0 and var count)
                await WriteAsync(target, buffer.AsMemory(0, count), ct);
        }
        catch (Exception e) when (ConnectionLoss.Is(e, ct))
        {
            throw Unreachable(e);
        }
    }

    // A full disk is not a lost connection.
    private static async Task WriteAsync(Stream target, ReadOnlyMemory<byte> part, CancellationToken ct)
    {
        try
        {
            await target.WriteAsync(part, ct);
        }
        catch (IOException e)
        {
            throw new CommandFailedException(ExitCode.Failed, e.Message, e);
        }
    }

    /// <summary>Sent once: whether it was carried out can't be known when the answer is lost.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, HttpContent content, bool mayTakeLong, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(path)) { Content = content };
        request.Headers.ExpectContinue = mayTakeLong;
        using var timeout = mayTakeLong ? CancellationTokenSource.CreateLinkedTokenSource(ct) : Deadline(ct);
        try
        {
            return await http.SendAsync(request, timeout.Token);
        }
        catch (Exception e) when (ConnectionLoss.Is(e, ct))
        {
            throw Unreachable(e);
        }
    }

    /// <inheritdoc cref="PostAsync(string, HttpContent, bool, CancellationToken)"/>
    public async Task<TOut> PostAsync<TIn, TOut>(string path, TIn body, JsonTypeInfo<TIn> typeIn, JsonTypeInfo<TOut> typeOut, CancellationToken ct)
    {
        using var content = Json(body, typeIn);
        using var response = await PostAsync(path, content, mayTakeLong: false, ct);
        return await ApiAnswers.ReadAsync(response, typeOut, ct);
    }

    public static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Opens a stream of server-sent events; losses are the caller's to handle.</summary>
    public async Task<HttpResponseMessage> OpenEventsAsync(string path, string? lastEventId, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is { Length: > 0 })
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    public CommandFailedException Unreachable(Exception e) => new(
        ExitCode.Failed,
        $"the API at {api.AbsoluteUri.TrimEnd('/')} can't be reached ({ConnectionLoss.Describe(e)}): start it with ./run, name another with --api URL, "
            + "or use --local",
        e);

    public void Dispose() => http.Dispose();

    private static CancellationTokenSource Deadline(CancellationToken ct)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(ct);
        source.CancelAfter(AnswerTimeout);
        return source;
    }
}
