using System.Globalization;

namespace MyApp.Guard.Notify;

/// <summary>How one instance reaches its guard.</summary>
internal sealed class LifeLine(SignsOfLife owner, NotifySocket socket, NotifySender sender, string token, string? heartbeatUrl) : IDisposable
{
    /// <summary>The instance's process, as soon as there is one: messages of others are not heard.</summary>
    public void Now(int pid) => sender.Now(pid);

    /// <summary>
    /// <c>NAME=value</c> for the instance's environment. WATCHDOG_PID is left out: the pid is not known yet, and sd_watchdog_enabled(3)
    /// takes its absence for "you".
    /// </summary>
    /// <param name="interval">The longest silence; null: none is asked for.</param>
    public IEnumerable<string> Environment(TimeSpan? interval)
    {
        yield return $"NOTIFY_SOCKET={socket.Path}";
        if (interval is { } longest)
            yield return string.Create(CultureInfo.InvariantCulture, $"WATCHDOG_USEC={(long)longest.TotalMicroseconds}");
        if (heartbeatUrl is not null)
            yield return $"HEARTBEAT_URL={heartbeatUrl}";
    }

    public void Dispose()
    {
        owner.Forget(token);
        socket.Dispose();
    }
}
