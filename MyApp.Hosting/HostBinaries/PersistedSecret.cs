using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace MyApp.Hosting.HostBinaries;

/// <summary>
/// A generated secret kept in a file beside the data it protects: the password of a data folder must be the same as long as the folder
/// lives, whoever starts it and from which home folder.
/// </summary>
internal sealed class PersistedSecret(string path) : ParameterDefault
{
    // 22 letters and digits carry 128 bits.
    private const int Length = 22;

    public override string GetDefaultValue() => SecretFile.ReadOrCreate(
        path, () => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", Length));

    public override void WriteToManifest(ManifestPublishingContext context)
    {
        context.Writer.WriteStartObject("generate");
        context.Writer.WriteNumber("minLength", Length);
        context.Writer.WriteEndObject();
    }
}
