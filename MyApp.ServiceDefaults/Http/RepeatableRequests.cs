using System.Net.Http.Json;

namespace MyApp.ServiceDefaults.Http;

internal static class RepeatableRequests
{
    /// <summary>Idempotent by its method (RFC 9110, 9.2.2), and with a body that can be sent a second time.</summary>
    public static bool MayBeRepeated(this HttpRequestMessage request) => IsIdempotent(request.Method) && CanReplay(request.Content);

    private static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Put || method == HttpMethod.Delete
        || method == HttpMethod.Options || method == HttpMethod.Trace;

    // A stream is spent once read; these contents keep their bytes, or write them anew.
    private static bool CanReplay(HttpContent? content) => content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent;
}
