using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Tests.Api;

/// <summary>Requests as a client makes them, with the wire types.</summary>
internal static class Asking
{
    public static async Task<T> GetAsync<T>(this HttpClient client, string path, JsonTypeInfo<T> type)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await ReadAsync(answer, HttpStatusCode.OK, type);
    }

    public static async Task<T> ReadAsync<T>(this HttpResponseMessage answer, HttpStatusCode expected, JsonTypeInfo<T> type)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode} and not {(int)expected}: {text}");
        return System.Text.Json.JsonSerializer.Deserialize(text, type)!;
    }

    /// <summary>Asserts that it is a problem of this type.</summary>
    public static async Task<ProblemView> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode expected, string slug)
    {
        var problem = await answer.ReadAsync(expected, WireJson.Default.ProblemView);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"https://myapp.dev/problems/{slug}", problem.Type);
        Assert.Equal((int)expected, problem.Status);
        Assert.NotEmpty(problem.Title!);
        return problem;
    }

    public static Task<HttpResponseMessage> PostAsync<T>(
        this HttpClient client, string path, T body, JsonTypeInfo<T> type, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body, type) };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<HttpResponseMessage> ShipAsync(
        this HttpClient client, string source, string service = "orders", string by = "ada@test", params (string Name, string Value)[] headers) =>
        client.PostAsync(
            "/api/v1/rollouts",
            new RolloutRequest { Service = service, Environment = "dev", Source = source, RequestedBy = by },
            WireJson.Default.RolloutRequest, headers);

    /// <summary>Waits until it is so; fails naming <paramref name="what"/> after 60 s.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"waited 60 s for: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
