using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace MyApp.Hosting.Engine.Dashboard;

/// <summary>The key the dashboard shows to the resource service.</summary>
internal sealed class ApiKey(string key)
{
    public const string Header = "x-resource-service-api-key";

    private readonly byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Takes as long for a wrong key as for the right one; hashed, so that not even its length shows.</summary>
    public bool IsIn(IHeaderDictionary headers) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(headers[Header].ToString())), expected);
}
