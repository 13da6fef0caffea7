using Aspire.Hosting.Publishing;
using MyApp.Deployment.Transport;
using MyApp.Hosting.HostBinaries;

namespace MyApp.Hosting.Engine.Parameters;

/// <summary>A generated value that is generated once and kept in the data folder, so that a password survives a restart.</summary>
internal sealed class PersistedParameterDefault(IDistributedApplicationBuilder builder, string name, ParameterDefault generated) : ParameterDefault
{
    public override string GetDefaultValue() =>
        SecretFile.ReadOrCreate(Path.Combine(builder.Configuration[DataFolder.Variable] ?? DataFolder.Resolve(), "secrets", name), generated.GetDefaultValue);

    public override void WriteToManifest(ManifestPublishingContext context) => generated.WriteToManifest(context);
}
