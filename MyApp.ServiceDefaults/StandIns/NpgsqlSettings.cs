namespace Aspire.Npgsql;

public sealed class NpgsqlSettings
{
    /// <summary>Null means: not configured, an error when the data source is first asked for.</summary>
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    public bool DisableMetrics { get; set; }
}
