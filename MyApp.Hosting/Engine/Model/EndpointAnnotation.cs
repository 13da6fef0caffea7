using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

public sealed class EndpointAnnotation : IResourceAnnotation
{
    private string? transport;
    private int? port;
    private bool portSetToNull;

    public EndpointAnnotation(
        ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null,
        bool? isExternal = null, bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        this.transport = transport;
        Name = name ?? UriScheme;
        this.port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port clients use; null: any free one. An endpoint that is not proxied listens where clients connect.</summary>
    public int? Port
    {
        get => port ?? (IsProxied || portSetToNull ? null : TargetPort);
        set
        {
            port = value;
            portSetToNull = value is null;
        }
    }

    /// <summary>The port the process listens on; null: chosen at start.</summary>
    public int? TargetPort { get; set; }

    public string UriScheme { get; set; }

    public string TargetHost { get; set; } = "localhost";

    /// <summary>As published: <c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string Transport
    {
        get => transport ?? (UriScheme is "http" or "https" ? "http" : Protocol.ToString().ToLowerInvariant());
        set => transport = value;
    }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    public bool TlsEnabled { get; set; }

    public bool ExcludeReferenceEndpoint { get; set; }

    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    /// <summary>Set on the endpoints a launch profile, not the app model, brought.</summary>
    internal bool FromLaunchProfile { get; init; }
}
