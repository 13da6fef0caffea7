using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Http;
using MyApp.Api.Persistence;
using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Secrets;

/// <summary>Secrets go in here and never come out: what is answered is names, versions and who did what.</summary>
internal static class SecretEndpoints
{
    private const int MostEvents = 1000;

    public static void AddSecrets(this IHostApplicationBuilder builder) => builder.Services.AddSingleton(services => new SecretVault(
        new PostgresSecretStore(services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>()),
        make => KeyRing.Load(name => builder.Configuration[name], services.GetRequiredService<DataPaths>().SecretKeys, make),
        services.GetRequiredService<TimeProvider>()));

    public static void MapSecrets(this IEndpointRouteBuilder api)
    {
        var secrets = api.MapGroup("/secrets").WithTags("Secrets");
        secrets.MapGet("/", ListAsync).WithSummary("Names and versions of secrets; never a value.");
        secrets.MapPost("/", SetAsync).WithSummary("Store a new version of a secret; releases keep the version they were made with.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        secrets.MapPost("/rotate", RotateAsync).WithSummary("Wrap every secret's key with the active key of the ring.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        secrets.MapGet("/audit", AuditAsync).WithSummary("Who set, read or rotated secrets, newest first.").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Ok<SecretList>> ListAsync(SecretVault vault, string? environment, CancellationToken ct) =>
        TypedResults.Ok(new SecretList(SecretView.Of(await vault.ListAsync(environment, ct))));

    private static async Task<Results<Ok<SecretView>, ProblemHttpResult>> SetAsync(SecretVault vault, SecretRequest request, CancellationToken ct)
    {
        var value = new Secret(request.Value ?? "");
        List<string> problems = [.. Problem(request, value)];
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        try
        {
            var stored = await vault.SetAsync(new(request.Environment, request.Service), request.Name, value, request.RequestedBy, ct);
            return TypedResults.Ok(SecretView.Of([stored])[0]);
        }
        catch (SecretsUnavailableException e)
        {
            return Unavailable(e);
        }
    }

    private static IEnumerable<string> Problem(SecretRequest request, Secret value)
    {
        if (SecretVault.Problem(request.Name, value) is { } problem)
            yield return problem;
        if (!Names.IsValid(request.Environment))
            yield return $"environment: {Names.Rule}";
        if (request.Service is { } service && !Names.IsValid(service))
            yield return $"service: {Names.Rule}";
        if (!RequestRules.IsText(request.RequestedBy))
            yield return $"requestedBy: must be 1 to {RequestRules.LongestText} characters";
    }

    private static async Task<Results<Ok<SecretRotation>, ProblemHttpResult>> RotateAsync(SecretVault vault, SecretRotateRequest request, CancellationToken ct)
    {
        if (!RequestRules.IsText(request.RequestedBy))
            return Problems.Invalid([$"requestedBy: must be 1 to {RequestRules.LongestText} characters"]);
        try
        {
            return TypedResults.Ok(new SecretRotation(await vault.RotateAsync(request.RequestedBy, ct)));
        }
        catch (SecretsUnavailableException e)
        {
            return Unavailable(e);
        }
    }

    private static async Task<Results<Ok<SecretAudit>, ProblemHttpResult>> AuditAsync(SecretVault vault, string? environment, CancellationToken ct, int limit = 100) =>
        limit is >= 1 and <= MostEvents
            ? TypedResults.Ok(new SecretAudit(await vault.ReadAuditAsync(environment, limit, ct)))
            : Problems.Invalid([$"limit: must be 1 to {MostEvents}"]);

    private static ProblemHttpResult Unavailable(SecretsUnavailableException e) => Problems.Of(503, "secrets-unavailable", "Secrets can't be used now", e.Message);
}
