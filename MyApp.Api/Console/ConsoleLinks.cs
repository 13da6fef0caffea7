namespace MyApp.Api.Console;

/// <summary>Addresses within the console. Names are untrusted, so every part is escaped here and nowhere else.</summary>
public static class ConsoleLinks
{
    public const string Services = "/";

    public static string Service(string service, string environment) =>
        $"/services/{Uri.EscapeDataString(service)}?environment={Uri.EscapeDataString(environment)}";

    public static string Log(string service, string environment, string? stream) =>
        Service(service, environment) + (stream is null ? "" : $"&stream={Uri.EscapeDataString(stream)}") + "#log";

    public static string Command(string service, string command) =>
        $"/services/{Uri.EscapeDataString(service)}/{command}";

    public static string Rollout(Guid rollout) => $"/rollouts/{rollout}";

    public static string Cancel(Guid rollout) => $"/rollouts/{rollout}/cancel";

    public const string Environments = "/environments";

    public const string Builds = "/builds";

    public static string Build(Guid build) => $"/builds/{build}";

    public static string CancelBuild(Guid build) => $"/builds/{build}/cancel";

    public static string FollowBuild(Guid build) => $"/api/v1/builds/{build}/log";

    public static string BuildFile(Guid build, string name) => $"/api/v1/builds/{build}/files/{Uri.EscapeDataString(name)}";

    public static string FollowLog(string service, string environment, string? stream) =>
        $"/api/v1/services/{Uri.EscapeDataString(service)}/logs?environment={Uri.EscapeDataString(environment)}&follow=true&tail=200"
        + (stream is null ? "" : $"&stream={Uri.EscapeDataString(stream)}");

    /// <summary>Only what a browser may open: a javascript: address from a target would run in the console.</summary>
    public static bool IsWeb(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
