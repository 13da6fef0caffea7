using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MyApp.Api.Http;

/// <summary>Answers a single resource with its entity tag, or 304 to a client that has it already.</summary>
internal static class EntityTag
{
    public static Results<Ok<T>, StatusCodeHttpResult, ProblemHttpResult> Answer<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var digest = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value, type));
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(digest.AsSpan(0, 16))}\"");
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        // Kept, but asked about again each time: a cached status is a wrong status.
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        return known.Any(k => k.Compare(tag, useStrongComparison: false) || k.Equals(EntityTagHeaderValue.Any))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(value);
    }
}
