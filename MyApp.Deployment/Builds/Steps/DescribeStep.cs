namespace MyApp.Deployment.Builds.Steps;

/// <summary>Finds out what of others is in the executable, and whether all of it may be.</summary>
internal sealed class DescribeStep : IBuildStep
{
    public string Name => "describe";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        context.Components = await context.Toolchain.FindComponentsAsync(context, ct);
        var wrong = PinnedVersions.Problems(context.Request.Service, context.Components, context.Build.Pins);
        if (wrong.Count > 0)
            throw new BuildFailedException($"policy.deps does not allow these versions\n{string.Join('\n', wrong)}");
        return context.Components.Count switch { 0 => "no components known", 1 => "1 component", var n => $"{n} components" };
    }
}
