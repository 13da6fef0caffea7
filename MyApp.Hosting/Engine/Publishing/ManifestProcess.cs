using System.Globalization;
using System.Text.Json;
using Aspire.Hosting.Publishing;

namespace MyApp.Hosting.Engine.Publishing;

/// <summary>What projects, containers and executables have in common: arguments, environment, bindings.</summary>
internal static class ManifestProcess
{
    public static async Task WriteAsync(IResource resource, ManifestPublishingContext context, Action<IResource, Utf8JsonWriter>? beforeEnvironment = null)
    {
        await ArgumentsAsync(resource, context);
        beforeEnvironment?.Invoke(resource, context.Writer);
        await EnvironmentAsync(resource, context);
        Bindings(resource, context.Writer);
    }

    private static async Task ArgumentsAsync(IResource resource, ManifestPublishingContext context)
    {
        var callbacks = new CommandLineArgsCallbackContext([], resource, context.CancellationToken) { ExecutionContext = context.ExecutionContext };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(callbacks);
        if (callbacks.Args.Count == 0)
            return;
        context.Writer.WriteStartArray("args");
        foreach (var arg in callbacks.Args)
            context.Writer.WriteStringValue(Text(arg));
        context.Writer.WriteEndArray();
    }

    private static async Task EnvironmentAsync(IResource resource, ManifestPublishingContext context)
    {
        var callbacks = new EnvironmentCallbackContext(context.ExecutionContext, resource, cancellationToken: context.CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(callbacks);
        if (callbacks.EnvironmentVariables.Count == 0)
            return;
        context.Writer.WriteStartObject("env");
        foreach (var (name, value) in callbacks.EnvironmentVariables)
            context.Writer.WriteString(name, Text(value));
        context.Writer.WriteEndObject();
    }

    private static void Bindings(IResource resource, Utf8JsonWriter writer)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        if (endpoints.Count == 0)
            return;
        writer.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            writer.WriteStartObject(endpoint.Name);
            writer.WriteString("scheme", endpoint.UriScheme);
            writer.WriteString("protocol", endpoint.Protocol.ToString().ToLowerInvariant());
            writer.WriteString("transport", endpoint.Transport);
            if (endpoint.Port is { } port)
                writer.WriteNumber("port", port);
            if (endpoint.TargetPort is { } targetPort)
                writer.WriteNumber("targetPort", targetPort);
            if (endpoint.IsExternal)
                writer.WriteBoolean("external", true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string Text(object value) => value switch
    {
        string text => text,
        IManifestExpressionProvider provider => provider.ValueExpression,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
