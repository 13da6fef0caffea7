using System.Security.Cryptography;
using System.Text;

namespace MyApp.Supervision.Configs;

/// <summary>Tells values apart without showing them.</summary>
public static class ConfigRevision
{
    /// <param name="values">With references where secrets belong: of a short secret a digest tells more than nothing.</param>
    /// <returns><c>sha256:</c> and 64 hexadecimal digits; the same for the same values.</returns>
    public static string Of(IReadOnlyDictionary<string, ConfigValue> values)
    {
        var text = ConfigText.Write(new() { Format = ConfigFormat.Json, Values = values }, value => value);
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}
