namespace Aspire.Hosting.ApplicationModel;

public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    public required string Image { get; set; }

    public string? Registry { get; set; }

    public string? Tag { get; set; }

    public string? SHA256 { get; set; }
}
