namespace Aspire.StackExchange.Redis;

public sealed class StackExchangeRedisSettings
{
    /// <summary>Null means: not configured, an error when the connection is first asked for.</summary>
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }
}
