using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Layering;

/// <summary>One source of configuration, with its place in the order of precedence.</summary>
/// <param name="Name">For a person, e.g. <c>environment prod</c>.</param>
internal sealed record ConfigLayer(LayerKind Kind, string Name, SpecMap Tree);
