namespace MyApp.Supervision.Logs;

/// <summary>The files of a service's log, by what is in them.</summary>
public enum LogStream { Access, Error, Trace }

/// <summary>The written names of <see cref="LogStream"/>.</summary>
public static class LogStreams
{
    /// <summary>In the order of the enumeration.</summary>
    public static IReadOnlyList<LogStream> All { get; } = [LogStream.Access, LogStream.Error, LogStream.Trace];

    public static string Name(this LogStream stream) => stream switch
    {
        LogStream.Access => "access",
        LogStream.Error => "error",
        _ => "trace",
    };

    /// <returns>Null: no stream is called that.</returns>
    public static LogStream? Find(string name)
    {
        foreach (var stream in All)
        {
            if (stream.Name() == name)
                return stream;
        }

        return null;
    }

    /// <summary>Lost without a wait when they can't be written; the error log is waited for.</summary>
    public static bool IsExpendable(this LogStream stream) => stream != LogStream.Error;
}
