using System.Text.Json;

namespace MyApp.Hosting.Engine.Publishing;

internal static class ManifestMounts
{
    public static void Write(IResource resource, Utf8JsonWriter writer)
    {
        var mounts = resource.Annotations.OfType<ContainerMountAnnotation>().ToList();
        Write(writer, "volumes", "name", mounts.Where(m => m.Type == ContainerMountType.Volume).ToList());
        Write(writer, "bindMounts", "source", mounts.Where(m => m.Type == ContainerMountType.BindMount).ToList());
    }

    private static void Write(Utf8JsonWriter writer, string list, string source, List<ContainerMountAnnotation> mounts)
    {
        if (mounts.Count == 0)
            return;
        writer.WriteStartArray(list);
        foreach (var mount in mounts)
        {
            writer.WriteStartObject();
            writer.WriteString(source, mount.Source);
            writer.WriteString("target", mount.Target);
            writer.WriteBoolean("readOnly", mount.IsReadOnly);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
