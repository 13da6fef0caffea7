namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; null: the program's own.</summary>
    public string? AssemblyName { get; set; }

    public bool DisableDashboard { get; set; }

    /// <summary>Null: read from the AppHost's assembly.</summary>
    public string? ProjectDirectory { get; set; }
}
