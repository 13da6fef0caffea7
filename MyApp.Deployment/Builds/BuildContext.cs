using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>What the steps of one build hand on to each other.</summary>
internal sealed class BuildContext(BuildRequest request, DataPaths paths) : IDisposable
{
    public BuildRequest Request { get; } = request;

    public DataPaths Paths { get; } = paths;

    public ArtifactStore Artifacts { get; } = new(paths.Artifacts);

    public BuildWorkspace Workspace { get; set; } = null!;

    /// <summary>Of the whole source archive or, with <c>build.source</c>, below it.</summary>
    public string SourceFolder => Path.GetFullPath(Path.Combine(Workspace.Source, Request.Build.Source));

    public IToolchain Toolchain { get; set; } = null!;

    public string ToolchainVersion { get; set; } = "";

    /// <summary>Names this source, toolchain and settings together.</summary>
    public string CacheKey { get; set; } = "";

    /// <summary>Set when the same inputs were built before: nothing else is done then.</summary>
    public Artifact? Cached { get; set; }

    /// <summary>The executable as it is now; null before it was compiled.</summary>
    public string? Executable { get; set; }

    public long? ExecutableBytes => Cached?.Bytes ?? (Executable is { } path ? new FileInfo(path).Length : null);

    public long PlainBytes { get; set; }

    public string Mode { get; set; } = "";

    public bool Static { get; set; }

    public Artifact? Artifact { get; set; }

    public void Dispose() => Workspace?.Dispose();
}
