namespace MyApp.Hosting.Engine.Dashboard;

internal static class DashboardAnswer
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until something speaks HTTP there; what it says does not matter.</summary>
    public static async Task WaitAsync(Uri url, TimeProvider clock, CancellationToken ct)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        while (!await AnswersAsync(client, url, ct))
            await Task.Delay(Period, clock, ct);
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri url, CancellationToken ct)
    {
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, ct);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
