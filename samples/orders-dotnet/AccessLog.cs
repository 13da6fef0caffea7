using System.Text.Json;

namespace Orders;

/// <summary>Writes one JSON object a line to standard output for each request, when it is answered.</summary>
internal sealed class AccessLog(RequestDelegate next, TimeProvider clock)
{
    private static readonly Stream Output = Console.OpenStandardOutput();
    private static readonly Lock Gate = new();

    public async Task InvokeAsync(HttpContext context)
    {
        var began = clock.GetTimestamp();
        var time = clock.GetUtcNow();
        try
        {
            await next(context);
        }
        finally
        {
            Write(new(
                time, "info", context.Request.Method, context.Request.Path, context.Response.StatusCode, clock.GetElapsedTime(began).TotalMilliseconds,
                context.Connection.RemoteIpAddress?.ToString()));
        }
    }

    private static void Write(AccessLine line)
    {
        byte[] text = [.. JsonSerializer.SerializeToUtf8Bytes(line, OrdersJson.Default.AccessLine), (byte)'\n'];
        lock (Gate)
            Output.Write(text);
    }
}
