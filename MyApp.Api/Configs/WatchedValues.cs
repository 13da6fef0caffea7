using MyApp.Api.Events;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Configs;

/// <summary>Values as one read found them, for everybody who watches them.</summary>
internal sealed class WatchedValues(ConfigView view)
{
    private readonly Lazy<byte[]> told = new(() => ServerSentEvents.Format("config", view.Version, view, WireJson.Default.ConfigView));

    public ConfigView View { get; } = view;

    /// <summary>As a server-sent event, whose id is the version.</summary>
    public ReadOnlyMemory<byte> Event => told.Value;
}
