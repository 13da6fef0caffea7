namespace Orders;

internal static class Address
{
    /// <summary>ADDR, or PORT on the loopback, or 127.0.0.1:8080.</summary>
    public static string FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("ADDR") is { Length: > 0 } address)
            return $"http://{address}";
        return $"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}";
    }
}
