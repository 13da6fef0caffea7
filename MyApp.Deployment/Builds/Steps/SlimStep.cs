namespace MyApp.Deployment.Builds.Steps;

internal sealed class SlimStep : IBuildStep
{
    public string Name => "slim";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context) ?? (context.Request.Plain ? "to be compared with" : null) ?? context.Toolchain.SlimSkipReason(context);

    public Task<string> RunAsync(BuildContext context, CancellationToken ct) => context.Toolchain.SlimAsync(context, ct);
}
