using System.Globalization;
using MyApp.Hosting.Engine.Execution;

namespace MyApp.Hosting.Engine.Containers;

/// <summary>
/// A container as the client's <c>run --rm</c>, which passes signals on and ends with the container's exit code. Ports are published on
/// loopback only. Values of variables reach the client by its own environment: arguments can be read by everyone on the machine.
/// </summary>
internal static class ContainerPlan
{
    public static ProcessPlan Build(
        ContainerResource container, string name, string engine, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (!container.TryGetContainerImageName(out var image))
            throw new DistributedApplicationException($"Container '{container.Name}' has no image.");
        var words = new List<string> { "run", "--rm", "--name", name };
        foreach (var endpoint in container.Annotations.OfType<EndpointAnnotation>())
            words.AddRange(["--publish", $"127.0.0.1:{Text(endpoint.AllocatedEndpoint?.Port)}:{Text(endpoint.TargetPort ?? endpoint.Port)}"]);
        foreach (var mount in container.Annotations.OfType<ContainerMountAnnotation>())
            words.AddRange(["--volume", $"{mount.Source}:{mount.Target}{(mount.IsReadOnly ? ":ro" : "")}"]);
        foreach (var variable in environment.Keys.Order(StringComparer.Ordinal))
            words.AddRange(["--env", variable]);
        if (container.Entrypoint is { } entrypoint)
            words.AddRange(["--entrypoint", entrypoint]);
        return new ProcessPlan(engine, [.. words, image, .. arguments], environment, Path.GetTempPath());
    }

    private static string Text(int? port) => port?.ToString(CultureInfo.InvariantCulture)
        ?? throw new DistributedApplicationException("An endpoint of a container needs a target port.");
}
