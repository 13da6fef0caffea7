using Aspire.Hosting.Publishing;

namespace MyApp.Hosting.Engine.Parameters;

internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override string GetDefaultValue() => value();

    public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", value());
}
