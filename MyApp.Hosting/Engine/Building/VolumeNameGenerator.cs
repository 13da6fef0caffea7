using System.Security.Cryptography;
using System.Text;

namespace Aspire.Hosting;

public static class VolumeNameGenerator
{
    /// <summary><c>{apphost}-{hash of its folder}-{resource}-{suffix}</c>: the same in every run of one checkout, another in another.</summary>
    public static string Generate<T>(IResourceBuilder<T> builder, string suffix) where T : IResource
    {
        var host = builder.ApplicationBuilder;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(host.AppHostDirectory)))[..10];
        return $"{host.Environment.ApplicationName.ToLowerInvariant()}-{hash}-{builder.Resource.Name}-{suffix}";
    }
}
