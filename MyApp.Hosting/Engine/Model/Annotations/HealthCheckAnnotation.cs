namespace Aspire.Hosting.ApplicationModel;

public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The name of a check registered with <c>Services.AddHealthChecks()</c>.</summary>
    public string Key => key;
}
