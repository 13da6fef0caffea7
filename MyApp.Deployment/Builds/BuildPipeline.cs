using MyApp.Deployment.Builds.Steps;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>From a source archive to an artifact. What can be wrong with the input is in the result; a broken machine throws.</summary>
public sealed class BuildPipeline(DataPaths paths, TimeProvider clock)
{
    // ENOSPC and EDQUOT.
    private const int NoSpace = 28;
    private const int NoQuota = 122;

    // Packing comes before verify, which is to see what will run.
    private static IReadOnlyList<IBuildStep> Steps() =>
        [new ResolveStep(), new UnpackStep(), new CompileStep(), new SlimStep(), new PackStep(), new VerifyStep(), new DescribeStep(), new StoreStep()];

    /// <param name="notes">Told each step when it is over.</param>
    public async Task<BuildResult> RunAsync(BuildRequest request, IProgress<BuildNote> notes, CancellationToken ct)
    {
        var done = new List<BuildNote>();
        using var context = new BuildContext(request, paths, clock);
        try
        {
            foreach (var step in Steps())
            {
                var note = await RunAsync(step, context, ct);
                done.Add(note);
                notes.Report(note);
            }

            return new() { Platform = request.Platform, Artifact = context.Cached ?? context.Artifact, FromCache = context.Cached is not null, Steps = done };
        }
        catch (Exception e) when (e is BuildFailedException or SourceRefusedException)
        {
            return new() { Platform = request.Platform, Failure = e.Message, Steps = done };
        }
        catch (IOException e) when (e.HResult is NoSpace or NoQuota)
        {
            return new() { Platform = request.Platform, Failure = $"no space is left for the build below {paths.DataFolder}: {e.Message}", Steps = done };
        }
    }

    /// <summary>
    /// Every request, two at a time at most: a compiler uses several processors by itself, and waits for the disk and the network in
    /// between. The results are in the order of the requests.
    /// </summary>
    /// <param name="notes">Told each step with its platform, in the order in which they end.</param>
    public async Task<IReadOnlyList<BuildResult>> RunAllAsync(
        IReadOnlyList<BuildRequest> requests, IProgress<(string Platform, BuildNote Note)> notes, CancellationToken ct)
    {
        const int most = 2;
        var results = new BuildResult[requests.Count];
        var parallel = Math.Min(Math.Min(most, requests.Count), Environment.ProcessorCount);
        var jobs = Math.Max(1, Environment.ProcessorCount / Math.Max(1, parallel));
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, parallel), CancellationToken = ct };
        await Parallel.ForAsync(0, requests.Count, options, async (i, token) =>
            results[i] = await RunAsync(requests[i] with { Jobs = jobs }, new Named(requests[i].Platform, notes), token));
        return results;
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

    private sealed class Named(string platform, IProgress<(string Platform, BuildNote Note)> notes) : IProgress<BuildNote>
    {
        public void Report(BuildNote value)
        {
            lock (notes)
                notes.Report((platform, value));
        }
    }
}
