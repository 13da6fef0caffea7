using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace MyApp.Hosting.Engine;

/// <summary>Settings of the engine, from configuration.</summary>
internal sealed record EngineSettings
{
    /// <summary><c>AppHost:WaitTimeout</c>, a duration as <c>00:02:00</c>: how long a resource waits for its dependencies. Default 120 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary><c>DcpPublisher:RandomizePorts</c>, as the testing package sets it: every fixed port becomes a free one.</summary>
    public bool RandomizePorts { get; init; }

    public static EngineSettings Read(IConfiguration configuration)
    {
        var settings = new EngineSettings { RandomizePorts = configuration.GetValue("DcpPublisher:RandomizePorts", false) };
        return TimeSpan.TryParse(configuration["AppHost:WaitTimeout"], CultureInfo.InvariantCulture, out var timeout)
            ? settings with { WaitTimeout = timeout }
            : settings;
    }
}
