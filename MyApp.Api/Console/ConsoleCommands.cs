using MyApp.Api.Builds;
using MyApp.Api.Console.Models;
using MyApp.Api.Rollouts;
using MyApp.Api.Services;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;

namespace MyApp.Api.Console;

/// <summary>
/// The buttons. One that worked sends the browser on to a page (so that a reload repeats nothing); one that was refused shows the page
/// again with the reason.
/// </summary>
internal sealed class ConsoleCommands(ServiceCommands commands, RolloutCancellation cancellation, BuildQueue builds, ConsolePages pages)
{
    // There are no accounts yet: who presses a button is not known better than this.
    private const string RequestedBy = "console";

    public Task<IResult> StartAsync(HttpContext context, string service) => RunAsync(context, service, "start", commands.StartAsync);

    public Task<IResult> StopAsync(HttpContext context, string service) => RunAsync(context, service, "stop", commands.StopAsync);

    public Task<IResult> RestartAsync(HttpContext context, string service) => RunAsync(context, service, "restart", commands.RestartAsync);

    public async Task<IResult> RollbackAsync(HttpContext context, string service)
    {
        var (environment, release) = (Field(context, "environment"), Field(context, "release"));
        var request = new RollbackRequest(environment, release.Length > 0 ? release : null, RequestedBy);
        return await commands.RollbackAsync(service, request, key: null, context.RequestAborted) switch
        {
            RequestOutcome.Accepted(var rollout) => new SeeOther(ConsoleLinks.Rollout(rollout.Id) + "?done=rollback"),
            RequestOutcome.LeaseHeld(var holder) => await RefuseAsync($"Another rollout of {service} is under way.", holder, 409),
            RequestOutcome.Unknown(_, var message) => await RefuseAsync(message, null, 404),
            RequestOutcome.Invalid(var problems) => await RefuseAsync("The request can't be understood.", string.Join('\n', problems), 400),
            RequestOutcome.KeyReused => throw new InvalidOperationException("no key was sent"),
            var other => throw new InvalidOperationException($"unknown outcome {other}"),
        };

        Task<IResult> RefuseAsync(string text, string? details, int status) =>
            pages.ServiceAsync(context, service, environment, new Notice(true, text, details), status);
    }

    public async Task<IResult> CancelAsync(HttpContext context, Guid id) =>
        await cancellation.CancelAsync(id, context.RequestAborted) switch
        {
            CancelOutcome.Cancelled => new SeeOther(ConsoleLinks.Rollout(id) + "?done=cancel"),
            CancelOutcome.TooLate(var rollout) => await pages.RolloutAsync(
                context, id, new Notice(true, $"Too late to cancel: it is {ConsoleText.Words(rollout.State.ToString())}."), 409),
            _ => await pages.NotFoundAsync(context, "There is no such rollout."),
        };

    public async Task<IResult> CancelBuildAsync(HttpContext context, Guid id) =>
        await builds.CancelAsync(id, context.RequestAborted) switch
        {
            BuildOutcome.Accepted => new SeeOther(ConsoleLinks.Build(id) + "?done=cancel"),
            BuildOutcome.TooLate(var build) => await pages.BuildAsync(context, id, new Notice(true, $"Too late to cancel: it is {ConsoleText.Words(build.State.ToString())}."), 409),
            _ => await pages.NotFoundAsync(context, "There is no such build."),
        };

    private async Task<IResult> RunAsync(HttpContext context, string service, string done, Func<string, string, CancellationToken, Task> run)
    {
        var environment = Field(context, "environment");
        try
        {
            await run(service, environment, context.RequestAborted);
            return new SeeOther(ConsoleLinks.Service(service, environment) + "&done=" + done);
        }
        catch (GuardException e)
        {
            return await pages.ServiceAsync(context, service, environment, new Notice(true, $"Refused: {e.Message}"), StatusOf(e));
        }
    }

    // The form was read when its token was checked.
    private static string Field(HttpContext context, string name) => context.Request.Form[name].ToString();

    private static int StatusOf(GuardException e) => e.Code switch
    {
        "not-found" => StatusCodes.Status404NotFound,
        "conflict" or "port-taken" => StatusCodes.Status409Conflict,
        "unreachable" => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status502BadGateway,
    };
}
