namespace Aspire.Hosting;

public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation, string publisherName)
{
    private IServiceProvider? services;

    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation) : this(operation, "manifest")
    {
    }

    public DistributedApplicationOperation Operation => operation;

    public bool IsRunMode => operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => operation == DistributedApplicationOperation.Publish;

    public string PublisherName { get; set; } = publisherName;

    public IServiceProvider ServiceProvider
    {
        get => services ?? throw new InvalidOperationException("The services are available once the application has been built.");
        internal set => services = value;
    }
}
