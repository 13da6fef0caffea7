using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>Management endpoints beyond info and health: Spring Boot's actuators, Go's pprof and expvar, .NET's Swagger.</summary>
internal sealed class ManagementRule : IPreflightRule<ServiceSpec>
{
    private static readonly string[] Harmless = ["health", "info"];
    private static readonly string[] Switches = ["enablepprof", "pprofenabled", "pprof", "enableswagger", "swaggerenabled", "enabledebugendpoints", "enableexpvar", "managementendpointshutdownenabled"];

    public RuleAbout About { get; } = new("spec.management", "Management endpoints beyond info and health are on", Severity.Note, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        foreach (var value in WrittenValues.Of(facts))
        {
            if (value.Key == "managementendpointswebexposureinclude" && value.Value.Split(',', StringSplitOptions.TrimEntries).Except(Harmless, StringComparer.OrdinalIgnoreCase).Any())
                yield return new(value.Path, $"{value.Path} opens management endpoints beyond health and info", "write health,info");
            else if (Switches.Contains(value.Key) && (value.Value is "1" or "on" or "true" or "True" or "yes"))
                yield return new(value.Path, $"{value.Path} opens endpoints that show the program's insides", "turn it off, or have them on a port of their own that is not exposed");
        }
    }
}
