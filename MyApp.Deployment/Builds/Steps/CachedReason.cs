namespace MyApp.Deployment.Builds.Steps;

internal static class CachedReason
{
    public const string Text = "the same source was built before with the same toolchain and settings";

    public static string? Of(BuildContext context) => context.Cached is null ? null : Text;
}
