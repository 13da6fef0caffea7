using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>Frameworks in debug mode show their insides to whoever asks.</summary>
internal sealed class DebugModeRule : IPreflightRule<ServiceSpec>
{
    private static readonly (string Name, string Value, string Instead)[] Modes =
    [
        ("GIN_MODE", "debug", "release"), ("GIN_MODE", "test", "release"), ("ASPNETCORE_ENVIRONMENT", "Development", "Production"),
        ("DOTNET_ENVIRONMENT", "Development", "Production"), ("ASPNETCORE_DETAILEDERRORS", "true", "false"), ("NODE_ENV", "development", "production"),
        ("FLASK_DEBUG", "1", "0"), ("DJANGO_DEBUG", "True", "False"), ("RAILS_ENV", "development", "production"), ("SPRING_PROFILES_ACTIVE", "dev", "prod"),
    ];

    public RuleAbout About { get; } = new("spec.debug-mode", "It runs in debug mode in prod", Severity.Note, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (!facts.IsFor(RuleAbout.Prod))
            yield break;
        foreach (var (name, value, instead) in Modes)
        {
            if (WrittenValues.Variables(facts).FirstOrDefault(variable => variable.Name == name) is { } written && string.Equals(written.Value, value, StringComparison.OrdinalIgnoreCase))
                yield return new(written.Path, $"{name} is {value} in prod: debug mode", $"{name}: {instead}");
        }
    }
}
