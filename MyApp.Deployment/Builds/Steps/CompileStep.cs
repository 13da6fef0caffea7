namespace MyApp.Deployment.Builds.Steps;

internal sealed class CompileStep : IBuildStep
{
    public string Name => "compile";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        var done = await context.Toolchain.CompileAsync(context, ct);
        context.PlainBytes = context.ExecutableBytes!.Value;
        return done;
    }
}
