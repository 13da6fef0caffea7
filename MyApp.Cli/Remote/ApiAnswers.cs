using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Remote;

/// <summary>Reads what the API answered; refusals become <see cref="CommandFailedException"/> with the server's own words.</summary>
internal static class ApiAnswers
{
    // A problem is a few kilobytes; what is longer is another server's page.
    private const int MostProblemBytes = 1 << 20;

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken ct)
    {
        await EnsureAcceptedAsync(response, ct);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            return await JsonSerializer.DeserializeAsync(body, type, ct) ?? throw NotOurs(response, null);
        }
        catch (JsonException e)
        {
            throw NotOurs(response, e);
        }
    }

    public static async Task EnsureAcceptedAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode)
            return;
        var problem = await ReadProblemAsync(response, ct);
        throw new CommandFailedException(ExitCodeOf(response.StatusCode), problem);
    }

    private static async Task<ProblemView> ReadProblemAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var otherwise = new ProblemView { Title = $"{Address(response)} answered {status} {response.ReasonPhrase}".TrimEnd(), Status = status };
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return otherwise;
        try
        {
            await response.Content.LoadIntoBufferAsync(MostProblemBytes, ct);
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            var problem = await JsonSerializer.DeserializeAsync(body, WireJson.Default.ProblemView, ct);
            return problem is { Title: null, Detail: null } or null ? otherwise : problem with { Status = status };
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            return otherwise;
        }
    }

    private static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Conflict => ExitCode.Conflict,
        HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType
            or HttpStatusCode.UnprocessableEntity => ExitCode.BadInput,
        _ => ExitCode.Failed,
    };

    private static CommandFailedException NotOurs(HttpResponseMessage response, Exception? inner) =>
        new(ExitCode.Failed, $"the answer of {Address(response)} is not understood: is it a MyApp API of this version?", inner);

    private static string Address(HttpResponseMessage response) => response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path) ?? "the API";
}
