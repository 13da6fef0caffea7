using System.Globalization;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>Values as the targets' own files write them.</summary>
internal static class RuleText
{
    public static string Duration(TimeSpan time) => time.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s");

    public static string Policy(RestartPolicy policy) => policy switch
    {
        RestartPolicy.OnFailure => "on-failure",
        RestartPolicy.Never => "never",
        _ => "always",
    };

    public static string Exits(RestartRule rule) => string.Join(' ', rule.NoRestartExits);
}
