using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MyApp.Hosting.Engine.Logs;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The console output of every resource: the latest lines, and a live view of them.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider clock;
    private readonly Func<IResource, string> resourceId;

    internal ResourceLoggerService(TimeProvider clock, Func<IResource, string> resourceId)
    {
        this.clock = clock;
        this.resourceId = resourceId;
    }

    /// <summary>Raised for each line of each resource, on the thread that wrote it.</summary>
    internal event Action<string, LogLine>? LineWritten;

    public ILogger GetLogger(IResource resource) => GetLogger(resourceId(resource));

    public ILogger GetLogger(string resourceName) => new ResourceLogger(Log(resourceName));

    public void Complete(IResource resource) => Complete(resourceId(resource));

    public void Complete(string name) => Log(name).Complete();

    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resourceId(resource));

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync();

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resourceId(resource));

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => Log(resourceName).GetAllAsync();

    public void Dispose()
    {
        foreach (var log in logs.Values)
            log.Complete();
        GC.SuppressFinalize(this);
    }

    /// <summary>A line as the process wrote it.</summary>
    internal void Write(string resourceName, string text, bool isError) => Log(resourceName).Write(text, isError);

    internal IReadOnlyList<LogLine> Latest(string resourceName, int count) => Log(resourceName).Latest(count);

    private ResourceLog Log(string name) => logs.GetOrAdd(name, n => new ResourceLog(clock, line => LineWritten?.Invoke(n, line)));
}
