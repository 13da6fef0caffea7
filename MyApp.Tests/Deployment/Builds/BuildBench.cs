using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

/// <summary>A data folder and a source folder of a test's own.</summary>
internal sealed class BuildBench : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public DataPaths Paths => new(Path.Combine(folder.Path, "data"));

    public string Source => folder.Folder("source");

    public ArtifactStore Artifacts => new(Paths.Artifacts);

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string File(string name, string text) => folder.File(Path.Combine("source", name), text);

    public string Script(string name, string text)
    {
        var path = File(name, text);
        System.IO.File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    public async Task<BuildRequest> RequestAsync(BuildSpec build) =>
        new() { Service = "orders", Source = await SourceUpload.SaveAsync(Paths, Source, Ct), Build = build };

    public async Task<BuildResult> BuildAsync(BuildSpec build) => await RunAsync(await RequestAsync(build));

    public Task<BuildResult> RunAsync(BuildRequest request) => new BuildPipeline(Paths, TimeProvider.System).RunAsync(request, new Progress<BuildNote>(), Ct);

    /// <summary>Takes a command that makes <c>out</c>.</summary>
    public static BuildSpec Command(params string[] args) => new() { Toolchain = BuildSpec.Command, Run = new(args, "out", [], Network: true) };

    public void Dispose() => folder.Dispose();
}
