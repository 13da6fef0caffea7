namespace MyApp.Hosting.Engine.Publishing;

/// <summary>Publishes instead of running: the arguments of the AppHost say what and where to.</summary>
internal sealed class Publisher(DistributedApplicationModel model, DistributedApplicationExecutionContext context, AppHostArguments arguments)
{
    private const string ManifestStep = "publish-manifest";
    private const string ManifestFile = "aspire-manifest.json";

    /// <exception cref="DistributedApplicationException">There is no such publisher or step, or nothing to publish.</exception>
    public async Task PublishAsync(CancellationToken ct)
    {
        if (context.PublisherName != AppHostArguments.ManifestPublisher)
            throw new DistributedApplicationException($"there is no publisher '{context.PublisherName}'; there is {AppHostArguments.ManifestPublisher}");
        if (arguments.ListSteps)
        {
            Console.Out.WriteLine(ManifestStep);
            return;
        }

        if (arguments.Step is { } step && step is not (ManifestStep or "publish"))
            throw new DistributedApplicationException($"there is no step '{step}'; there is {ManifestStep}");
        if (model.Resources.All(r => r.IsExcludedFromPublish()))
            throw new DistributedApplicationException("the application has no resource to publish");
        var path = ManifestPath(arguments.OutputPath ?? ".");
        await ManifestWriter.WriteAsync(model, context, path, ct);
        Console.Out.WriteLine($"Published manifest to: {path}");
    }

    private static string ManifestPath(string output)
    {
        var path = Path.GetFullPath(output);
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? path : Path.Combine(path, ManifestFile);
    }
}
