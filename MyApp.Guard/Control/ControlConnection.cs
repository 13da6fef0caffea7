using System.Net.Sockets;
using System.Text.Json;
using MyApp.Guard.Native;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Control;

/// <summary>One client: requests are answered one after the other, and a stream goes on until the client closes.</summary>
internal sealed class ControlConnection(Socket client, RequestHandler handler, RequestCount count)
{
    private readonly LineReader lines = new(client);
    private bool isCounted;

    public async Task RunAsync(CancellationToken ct)
    {
        // Who has just connected is about to ask, so an upgrade waits for that too.
        Count(true);
        try
        {
            while (await lines.ReadAsync(ct) is { } line)
            {
                await AnswerAsync(line, ct);
                Count(false);
            }
        }
        catch (FormatException e)
        {
            await SendAsync(Fault("", "bad-request", e.Message), ct);
        }
        finally
        {
            Count(false);
        }
    }

    private void Count(bool wanted)
    {
        if (wanted == isCounted)
            return;
        isCounted = wanted;
        if (wanted)
            count.Enter();
        else
            count.Leave();
    }

    private async Task AnswerAsync(byte[] line, CancellationToken ct)
    {
        if (Parse(line, out var problem) is not { } request)
        {
            await SendAsync(Fault("", "bad-request", problem), ct);
            return;
        }

        Count(!RequestHandler.IsEndless(request));
        try
        {
            RequestHandler.CheckProtocol(request);
            if (!RequestHandler.IsStream(request))
            {
                await SendAsync(await handler.AnswerAsync(request, ct), ct);
                return;
            }

            await StreamAsync(request, ct);
        }
        catch (GuardException e)
        {
            await SendAsync(Fault(request.Id, e.Code, e.Message), ct);
        }
        catch (Exception e) when (e is IOException or NativeException)
        {
            await SendAsync(Fault(request.Id, "internal", e.Message), ct);
        }
    }

    // While a stream runs, the only thing to be read is its end: the client closing.
    private async Task StreamAsync(GuardRequest request, CancellationToken ct)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = RequestHandler.IsEndless(request) ? WatchForCloseAsync(closed) : Task.CompletedTask;
        try
        {
            await foreach (var answer in handler.StreamAsync(request, closed.Token))
                await SendAsync(answer, ct);
        }
        finally
        {
            await closed.CancelAsync();
            await watching;
        }

        await SendAsync(new GuardResponse { Id = request.Id, Done = true }, ct);
    }

    private async Task WatchForCloseAsync(CancellationTokenSource closed)
    {
        try
        {
            while (await lines.ReadAsync(closed.Token) is not null)
            {
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or FormatException)
        {
            // As good as closed; or the stream has ended.
        }

        await closed.CancelAsync();
    }

    private async Task SendAsync(GuardResponse answer, CancellationToken ct)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(answer, GuardJson.Default.GuardResponse), (byte)'\n'];
        for (var sent = 0; sent < line.Length;)
            sent += await client.SendAsync(line.AsMemory(sent), ct);
    }

    private static GuardRequest? Parse(byte[] line, out string problem)
    {
        try
        {
            problem = "the request is null";
            return JsonSerializer.Deserialize(line, GuardJson.Default.GuardRequest);
        }
        catch (JsonException e)
        {
            problem = $"the request is not understood: {e.Message}";
            return null;
        }
    }

    private static GuardResponse Fault(string id, string code, string message) => new() { Id = id, Fault = new GuardFault(code, message) };
}
