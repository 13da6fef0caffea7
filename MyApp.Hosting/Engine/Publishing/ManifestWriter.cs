using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting.Publishing;
using MyApp.Supervision.Files;

namespace MyApp.Hosting.Engine.Publishing;

/// <summary>Writes the deployment manifest: the same model gives the same bytes.</summary>
internal static class ManifestWriter
{
    private const string Schema = "https://json.schemastore.org/aspire-8.0.json";

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task WriteAsync(
        DistributedApplicationModel model, DistributedApplicationExecutionContext execution, string path, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", Schema);
            writer.WriteStartObject("resources");
            var context = new ManifestPublishingContext(execution, path, writer, ct);
            foreach (var resource in model.Resources)
                await WriteAsync(resource, context);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        AtomicFile.WriteAllBytes(path, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static async Task WriteAsync(IResource resource, ManifestPublishingContext context)
    {
        var custom = resource.Annotations.OfType<ManifestPublishingCallbackAnnotation>().LastOrDefault();
        if (custom is { Callback: null } || (custom is null && !ManifestResource.IsKnown(resource)))
            return;
        context.Writer.WriteStartObject(resource.Name);
        await (custom?.Callback?.Invoke(context) ?? ManifestResource.WriteAsync(resource, context));
        context.Writer.WriteEndObject();
    }
}
