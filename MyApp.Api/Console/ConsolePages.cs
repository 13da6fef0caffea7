using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using MyApp.Api.Console.Components;
using MyApp.Api.Console.Models;

namespace MyApp.Api.Console;

/// <summary>The pages: what a GET answers, and what is shown in place of it.</summary>
internal sealed class ConsolePages(ConsoleReader reader)
{
    public async Task<IResult> ServicesAsync(HttpContext context)
    {
        var model = await reader.ServicesAsync(context.RequestAborted);
        return await PageAsync<ServicesPage>(context, new { Model = model });
    }

    /// <param name="notice">What to say above it; null: what the address says was done.</param>
    public async Task<IResult> ServiceAsync(HttpContext context, string service, string environment, Notice? notice = null, int status = 200)
    {
        var query = context.Request.Query;
        var stream = query["stream"].ToString() is "access" or "error" ? query["stream"].ToString() : null;
        var model = await reader.ServiceAsync(service, environment, stream, withLog: !IsRefresh(context), context.RequestAborted);
        return model is null
            ? await NotFoundAsync(context, $"There is no service {service} in {environment}.")
            : await PageAsync<ServicePage>(context, new { Model = model, Notice = notice ?? Notice.Of(query["done"]) }, status);
    }

    public async Task<IResult> RolloutAsync(HttpContext context, Guid rollout, Notice? notice = null, int status = 200)
    {
        var view = await reader.RolloutAsync(rollout, context.RequestAborted);
        return view is null
            ? await NotFoundAsync(context, "There is no such rollout.")
            : await PageAsync<RolloutPage>(context, new { View = view, Notice = notice ?? Notice.Of(context.Request.Query["done"]) }, status);
    }

    public async Task<IResult> EnvironmentsAsync(HttpContext context) =>
        await PageAsync<EnvironmentsPage>(context, new { Standings = await reader.EnvironmentsAsync(context.RequestAborted) });

    public async Task<IResult> BuildsAsync(HttpContext context) =>
        await PageAsync<BuildsPage>(context, new { Builds = await reader.BuildsAsync(context.RequestAborted) });

    public async Task<IResult> BuildAsync(HttpContext context, Guid build, Notice? notice = null, int status = 200)
    {
        if (await reader.BuildAsync(build, withLog: !IsRefresh(context), context.RequestAborted) is not var (view, lines))
            return await NotFoundAsync(context, "There is no such build.");
        return await PageAsync<BuildPage>(context, new { View = view, Lines = lines, Notice = notice ?? Notice.Of(context.Request.Query["done"]) }, status);
    }

    public Task<IResult> NotFoundAsync(HttpContext context, string text) => ProblemAsync(context, 404, "Not found", text);

    public async Task<IResult> ProblemAsync(HttpContext context, int status, string title, string text) =>
        await PageAsync<ProblemPage>(context, new { Title = title, Text = text }, status);

    // The script brings a page up to date, and follows the log by itself.
    private static bool IsRefresh(HttpContext context) => context.Request.Headers.ContainsKey("X-Console");

    private async Task<IResult> PageAsync<TPage>(HttpContext context, object parameters, int status = 200) where TPage : IComponent
    {
        var values = new RouteValueDictionary(parameters) { ["Parts"] = await reader.PartsAsync(context.RequestAborted) };
        return new RazorComponentResult<TPage>(new Dictionary<string, object?>(values)) { StatusCode = status, PreventStreamingRendering = true };
    }
}
