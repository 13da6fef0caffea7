using System.Collections.Concurrent;

namespace MyApp.Hosting.Engine.Parameters;

/// <summary>The values of secret parameters read so far, for everyone who shows text to people.</summary>
internal sealed class SecretValues
{
    // Shorter ones would blot out ordinary words.
    private const int Shortest = 4;

    private readonly ConcurrentDictionary<string, byte> values = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Values => [.. values.Keys];

    public void Add(string value)
    {
        if (value.Length >= Shortest)
            values.TryAdd(value, 0);
    }

    public static SecretValues Of(IDistributedApplicationBuilder builder) =>
        builder.Services.Select(s => s.ServiceType == typeof(SecretValues) ? s.ImplementationInstance as SecretValues : null).OfType<SecretValues>().First();
}
