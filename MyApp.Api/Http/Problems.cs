using Microsoft.AspNetCore.Http.HttpResults;

namespace MyApp.Api.Http;

/// <summary>Refusals as RFC 9457 problem details. The types are stable: programs compare their last segment.</summary>
internal static class Problems
{
    public const string TypeBase = "https://myapp.dev/problems/";

    public static ProblemHttpResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not-found", "Not found", what);

    /// <param name="problems">Each is told once, however often it is there.</param>
    public static ProblemHttpResult Invalid(IReadOnlyList<string> problems)
    {
        var told = problems.Distinct(StringComparer.Ordinal).ToList();
        return Of(StatusCodes.Status400BadRequest, "invalid-request", "The request can't be understood", string.Join("; ", told), ("problems", told));
    }

    public static ProblemHttpResult Of(int status, string slug, string title, string detail, params (string Name, object? Value)[] members) =>
        TypedResults.Problem(
            detail, statusCode: status, title: title, type: TypeBase + slug,
            extensions: members.Length == 0 ? null : members.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));
}
