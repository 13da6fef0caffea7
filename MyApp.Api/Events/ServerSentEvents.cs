using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using MyApp.Api.Persistence;
using MyApp.Supervision.Control;

namespace MyApp.Api.Events;

/// <summary>
/// Writes a stream in the event stream format of the HTML standard (9.2). Written by hand and not with TypedResults.ServerSentEvents,
/// which has no comments, and so no heartbeat that a client need not handle.
/// </summary>
internal sealed class ServerSentEvents(HttpContext context, TimeProvider clock)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    // Taken at the beginning: when a stream is ended by the api's own end, the services may be gone.
    private readonly ILogger log = context.RequestServices.GetRequiredService<ILogger<ServerSentEvents>>();
    private long lastWrite;

    /// <summary>
    /// Sends the headers at once, so that the client knows it is connected before the first event, then what <paramref name="send"/>
    /// sends. Ends cleanly when the client leaves, the api stops or a source fails: with the headers out no problem can be answered,
    /// so the stream ends, the client comes back with its last id and gets the problem then.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> send, CancellationToken ct)
    {
        try
        {
            await StartAsync(ct);
            await send(ct);
        }
        catch (Exception e) when (ct.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            log.LogDebug("A stream of {Path} was ended", context.Request.Path);
        }
        catch (Exception e) when (DatabaseFailure.Explains(e) || e is GuardException)
        {
            log.LogWarning("A stream of {Path} broke off: {Reason}", context.Request.Path, DatabaseFailure.Reason(e));
        }
    }

    private async Task StartAsync(CancellationToken ct)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // nginx would hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync("retry: 1000\n\n", ct);
    }

    public Task SendAsync<T>(string name, long? id, T data, JsonTypeInfo<T> type, CancellationToken ct) => SendAsync(Format(name, id, data, type), ct);

    /// <param name="formatted">An event as <see cref="Format"/> made it, perhaps for several streams.</param>
    public async Task SendAsync(ReadOnlyMemory<byte> formatted, CancellationToken ct)
    {
        // Writes and flushes at once.
        await context.Response.BodyWriter.WriteAsync(formatted, ct);
        lastWrite = clock.GetTimestamp();
    }

    public static byte[] Format<T>(string name, long? id, T data, JsonTypeInfo<T> type)
    {
        var line = id is { } position ? $"id: {position}\n" : "";
        return Encoding.UTF8.GetBytes($"{line}event: {name}\ndata: {JsonSerializer.Serialize(data, type)}\n\n");
    }

    /// <summary>A comment, if nothing was written for a while: proxies close silent connections, and a dead client is noticed.</summary>
    public Task BeatAsync(CancellationToken ct) =>
        clock.GetElapsedTime(lastWrite) >= Heartbeat ? WriteAsync(": still here\n\n", ct) : Task.CompletedTask;

    private Task WriteAsync(string text, CancellationToken ct) => SendAsync(Encoding.UTF8.GetBytes(text), ct);
}
