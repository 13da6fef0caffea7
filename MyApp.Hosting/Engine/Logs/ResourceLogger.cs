using Microsoft.Extensions.Logging;

namespace MyApp.Hosting.Engine.Logs;

/// <summary>What the engine itself has to say about a resource appears among the resource's own lines.</summary>
internal sealed class ResourceLogger(ResourceLog log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        foreach (var line in (exception is null ? text : $"{text}\n{exception}").Split('\n'))
            log.Write(line, logLevel >= LogLevel.Error);
    }
}
