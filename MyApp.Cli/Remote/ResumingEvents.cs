using System.Net;
using System.Net.ServerSentEvents;

namespace MyApp.Cli.Remote;

/// <summary>Reads server-sent events and, where the connection ends, goes on after the last one read (<c>Last-Event-ID</c>).</summary>
internal sealed class ResumingEvents(ApiConnection api, Action<string> onReconnecting)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(45);

    private string? lastId;
    private TimeSpan pause = FirstPause;
    private long lastContact;
    private bool told;
    private bool connected;

    /// <summary>How long nobody may answer before it is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Give up at once when the very first connection fails: nothing is lost by asking again.</summary>
    public bool FailFirst { get; init; }

    /// <param name="path">Told whether it is the first connection.</param>
    /// <param name="onEvent">False: this may have been the last.</param>
    /// <param name="isOver">Asked after such an event and when the stream ends: true, and there is nothing more to come.</param>
    /// <param name="ct">Ends it with <see cref="OperationCanceledException"/>.</param>
    public async Task ReadAsync(
        Func<bool, string> path, Func<SseItem<string>, bool> onEvent, Func<CancellationToken, Task<bool>> isOver, CancellationToken ct)
    {
        lastContact = api.Clock.GetTimestamp();
        for (var first = true; ; first = false)
        {
            try
            {
                await ReadOnceAsync(path(first), onEvent, ct);
                if (await isOver(ct))
                    return;
            }
            catch (Exception e) when (IsLoss(e, ct))
            {
                OnLoss(e);
            }

            await Task.Delay(pause, api.Clock, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task ReadOnceAsync(string path, Func<SseItem<string>, bool> onEvent, CancellationToken ct)
    {
        using var response = await api.OpenEventsAsync(path, lastId, ct);
        if (response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests)
            throw new HttpRequestException($"{(int)response.StatusCode} {response.ReasonPhrase}", null, response.StatusCode);
        await ApiAnswers.EnsureAcceptedAsync(response, ct);
        (lastContact, connected) = (api.Clock.GetTimestamp(), true);
        await using var body = new IdleTimeoutStream(await response.Content.ReadAsStreamAsync(ct), Idle, api.Clock);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(ct))
        {
            (lastId, lastContact, pause, told) = (item.EventId ?? lastId, api.Clock.GetTimestamp(), FirstPause, false);
            if (!onEvent(item))
                return;
        }
    }

    // Told once an outage, not once a try.
    private void OnLoss(Exception e)
    {
        if ((FailFirst && !connected) || api.Clock.GetElapsedTime(lastContact) > Patience)
            throw api.Unreachable(e);
        if (!told)
            onReconnecting(ConnectionLoss.Describe(e));
        told = true;
    }

    // What isOver asks fails with a CommandFailedException whose cause is the loss.
    private static bool IsLoss(Exception e, CancellationToken ct) =>
        ConnectionLoss.Is(e, ct) || (e is CommandFailedException { InnerException: { } inner } && ConnectionLoss.Is(inner, ct));
}
