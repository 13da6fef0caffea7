namespace MyApp.Deployment.Layering;

/// <summary>Where a layer comes from, lowest precedence first. What none of them has keeps its default.</summary>
public enum LayerKind
{
    /// <summary>The control plane's store.</summary>
    ConfigServer,

    /// <summary>The spec, but for its environments.</summary>
    ProjectFile,

    /// <summary>What the spec has for an environment.</summary>
    Overlay,

    /// <summary><c>MYAPP_SET_…</c> variables of whoever calls.</summary>
    ProcessEnvironment,

    /// <summary><c>--set PATH=VALUE</c>.</summary>
    CommandLine,
}
