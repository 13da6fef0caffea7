using Microsoft.Extensions.DependencyInjection;

namespace OpenTelemetry;

/// <summary>As in OpenTelemetry.Extensions.Hosting; its With* and Use* methods are extensions of the SDK and the exporters.</summary>
public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
{
    internal OpenTelemetryBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }
}
