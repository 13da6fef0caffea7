using MyApp.Deployment.Layering;

namespace MyApp.Deployment.Specs.Yaml;

/// <summary>Reading can't go on after this one. Never leaves <see cref="YamlTree"/>.</summary>
internal sealed class SpecTreeException(string message, Origin origin, string? fix = null)
    : Exception(fix is null ? message : $"{message}; {fix}")
{
    public Origin Origin { get; } = origin;
}
