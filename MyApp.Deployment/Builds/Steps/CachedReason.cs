namespace MyApp.Deployment.Builds.Steps;

internal static class CachedReason
{
    public static string? Of(BuildContext context) =>
        context.Cached is null ? null : "the same source was built before with the same toolchain and settings";
}
