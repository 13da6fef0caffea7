using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>What the steps of one build hand on to each other.</summary>
internal sealed class BuildContext(BuildRequest request, DataPaths paths, TimeProvider clock) : IDisposable
{
    private BuildWorkspace? workspace;

    public BuildRequest Request { get; } = request;

    public BuildSpec Build => Request.Build;

    public string Platform => Request.Platform;

    public DataPaths Paths { get; } = paths;

    public TimeProvider Clock { get; } = clock;

    public DateTimeOffset Began { get; } = clock.GetUtcNow();

    public ArtifactStore Artifacts { get; } = new(paths.Artifacts);

    /// <summary>Not there before the source is unpacked.</summary>
    public BuildWorkspace Workspace
    {
        get => workspace ?? throw new InvalidOperationException("the source is not unpacked yet");
        set => workspace = value;
    }

    /// <summary>Of the whole source archive or, with <c>build.source</c>, below it.</summary>
    public string SourceFolder => Path.GetFullPath(Path.Combine(Workspace.Source, Build.Source));

    public IToolchain Toolchain { get; set; } = null!;

    public string ToolchainVersion { get; set; } = "";

    /// <summary>Names this source, toolchain and settings together.</summary>
    public string CacheKey { get; set; } = "";

    /// <summary>Set when the same inputs were built before: nothing else is done then.</summary>
    public Artifact? Cached { get; set; }

    /// <summary>Held while these inputs are built, so that no other process does the same work.</summary>
    public IDisposable? Flight { get; set; }

    /// <summary>The executable as it is now; null before it was compiled.</summary>
    public string? Executable { get; set; }

    public long? ExecutableBytes => Cached?.Bytes ?? (Executable is { } path ? new FileInfo(path).Length : null);

    /// <summary>What UPX packed, as it was before; null: it packed nothing.</summary>
    public string? Unpacked { get; set; }

    public long PlainBytes { get; set; }

    public string Mode { get; set; } = "";

    public BinaryFile? Binary { get; set; }

    public IReadOnlyList<Component> Components { get; set; } = [];

    public Artifact? Artifact { get; set; }

    public void Dispose()
    {
        workspace?.Dispose();
        Flight?.Dispose();
    }
}
