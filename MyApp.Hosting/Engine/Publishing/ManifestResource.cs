using Aspire.Hosting.Publishing;
using MyApp.Hosting.Engine.Parameters;

namespace MyApp.Hosting.Engine.Publishing;

/// <summary>One resource as the manifest has it.</summary>
internal static class ManifestResource
{
    public static bool IsKnown(IResource resource) =>
        resource is ProjectResource or ContainerResource or ExecutableResource or ParameterResource or IResourceWithConnectionString;

    public static Task WriteAsync(IResource resource, ManifestPublishingContext context) => resource switch
    {
        ProjectResource project => ProjectAsync(project, context),
        ContainerResource container => ContainerAsync(container, context),
        ExecutableResource executable => ExecutableAsync(executable, context),
        ParameterResource parameter => Parameter(parameter, context),
        ConnectionStringParameterResource connection => ConnectionStringParameter(connection, context),
        IResourceWithConnectionString value => Value(value, context),
        _ => throw new InvalidOperationException($"'{resource.Name}' has no form in a manifest."),
    };

    private static async Task ProjectAsync(ProjectResource project, ManifestPublishingContext context)
    {
        context.Writer.WriteString("type", "project.v0");
        context.Writer.WriteString("path", RelativePath(context, project.GetProjectMetadata().ProjectPath));
        await ManifestProcess.WriteAsync(project, context);
    }

    private static async Task ContainerAsync(ContainerResource container, ManifestPublishingContext context)
    {
        var writer = context.Writer;
        if (!container.TryGetContainerImageName(out var image))
            throw new DistributedApplicationException($"container '{container.Name}' has no image");
        writer.WriteString("type", "container.v0");
        if (container is IResourceWithConnectionString connection)
            writer.WriteString("connectionString", connection.ConnectionStringExpression.ValueExpression);
        writer.WriteString("image", image);
        if (container.Entrypoint is { } entrypoint)
            writer.WriteString("entrypoint", entrypoint);
        await ManifestProcess.WriteAsync(container, context, ManifestMounts.Write);
    }

    private static async Task ExecutableAsync(ExecutableResource executable, ManifestPublishingContext context)
    {
        context.Writer.WriteString("type", "executable.v0");
        context.Writer.WriteString("workingDirectory", RelativePath(context, executable.WorkingDirectory));
        context.Writer.WriteString("command", executable.Command);
        await ManifestProcess.WriteAsync(executable, context);
    }

    private static Task Parameter(ParameterResource parameter, ManifestPublishingContext context)
    {
        var writer = context.Writer;
        writer.WriteString("type", "parameter.v0");
        writer.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        writer.WriteStartObject("inputs");
        writer.WriteStartObject("value");
        writer.WriteString("type", "string");
        if (parameter.Secret)
            writer.WriteBoolean("secret", true);
        if (parameter.Default is { } parameterDefault)
        {
            writer.WriteStartObject("default");
            parameterDefault.WriteToManifest(context);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        return Task.CompletedTask;
    }

    private static Task ConnectionStringParameter(ConnectionStringParameterResource connection, ManifestPublishingContext context)
    {
        var writer = context.Writer;
        writer.WriteString("type", "parameter.v0");
        writer.WriteString("connectionString", $"{{{connection.Name}.value}}");
        writer.WriteString("value", $"{{{connection.Name}.inputs.value}}");
        writer.WriteStartObject("inputs");
        writer.WriteStartObject("value");
        writer.WriteString("type", "string");
        writer.WriteBoolean("secret", true);
        writer.WriteEndObject();
        writer.WriteEndObject();
        return Task.CompletedTask;
    }

    private static Task Value(IResourceWithConnectionString value, ManifestPublishingContext context)
    {
        context.Writer.WriteString("type", "value.v0");
        context.Writer.WriteString("connectionString", value.ConnectionStringExpression.ValueExpression);
        return Task.CompletedTask;
    }

    private static string RelativePath(ManifestPublishingContext context, string path) =>
        Path.GetRelativePath(Path.GetDirectoryName(context.ManifestPath)!, path).Replace('\\', '/');
}
