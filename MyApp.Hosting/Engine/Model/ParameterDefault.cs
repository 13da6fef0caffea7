using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();

    /// <summary>Writes the member that stands for the default value inside <c>"default": { }</c>.</summary>
    public abstract void WriteToManifest(ManifestPublishingContext context);
}
