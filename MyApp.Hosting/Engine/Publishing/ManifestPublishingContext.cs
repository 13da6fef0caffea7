using System.Text.Json;

namespace Aspire.Hosting.Publishing;

public sealed class ManifestPublishingContext(
    DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    public string ManifestPath => manifestPath;

    public Utf8JsonWriter Writer => writer;

    public CancellationToken CancellationToken => cancellationToken;
}
