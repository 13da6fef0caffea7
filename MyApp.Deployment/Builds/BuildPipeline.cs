using MyApp.Deployment.Builds.Steps;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>From a source archive to an artifact. What can be wrong with the input is in the result; a broken machine throws.</summary>
public sealed class BuildPipeline(DataPaths paths, TimeProvider clock)
{
    // Packing comes before verify, which is to see what will run.
    private static IReadOnlyList<IBuildStep> Steps() =>
        [new ResolveStep(), new CompileStep(), new SlimStep(), new PackStep(), new VerifyStep(), new StoreStep()];

    /// <param name="notes">Told each step when it is over.</param>
    public async Task<BuildResult> RunAsync(BuildRequest request, IProgress<BuildNote> notes, CancellationToken ct)
    {
        var done = new List<BuildNote>();
        using var context = new BuildContext(request, paths);
        try
        {
            foreach (var step in Steps())
            {
                var note = await RunAsync(step, context, ct);
                done.Add(note);
                notes.Report(note);
            }

            return new() { Artifact = context.Cached ?? context.Artifact, FromCache = context.Cached is not null, Steps = done };
        }
        catch (Exception e) when (e is BuildFailedException or SourceRefusedException)
        {
            return new() { Failure = e.Message, Steps = done };
        }
    }

    private async Task<BuildNote> RunAsync(IBuildStep step, BuildContext context, CancellationToken ct)
    {
        var before = context.ExecutableBytes;
        if (step.SkipReason(context) is { } reason)
            return new(step.Name, reason, Skipped: true, TimeSpan.Zero, before, before);
        var began = clock.GetTimestamp();
        var message = await step.RunAsync(context, ct);
        return new(step.Name, message, Skipped: false, clock.GetElapsedTime(began), before, context.ExecutableBytes);
    }
}
