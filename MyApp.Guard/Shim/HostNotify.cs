using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MyApp.Guard.Shim;

/// <summary>
/// Tells the service manager that started us how the program is, as sd_notify(3) has it; nothing where there is none (no
/// <c>NOTIFY_SOCKET</c>). The program itself does not get to see the variables: the shim speaks for it.
/// </summary>
internal sealed class HostNotify : IDisposable
{
    private static readonly string[] Variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];
    private readonly Socket? socket;

    /// <param name="address">A path, or a name in the abstract namespace with a leading <c>@</c>; null or empty: there is no manager.</param>
    /// <param name="watchdogMicroseconds">WATCHDOG_USEC.</param>
    /// <param name="watchdogPid">WATCHDOG_PID: whom the former is meant for; absent: us.</param>
    public HostNotify(string? address, string? watchdogMicroseconds, string? watchdogPid)
    {
        if (string.IsNullOrEmpty(address))
            return;
        var mine = string.IsNullOrEmpty(watchdogPid) || watchdogPid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (mine && long.TryParse(watchdogMicroseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var micros) && micros > 0)
            WatchdogEvery = TimeSpan.FromMicroseconds(micros / 2.0);
        socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        // A manager that does not read must not stop the one who supervises.
        socket.Blocking = false;
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address.AsSpan(1)}" : address));
        }
        catch (SocketException)
        {
            socket.Dispose();
            socket = null;
        }
    }

    /// <summary>How often <c>WATCHDOG=1</c> is wanted: at half of what the manager waits. Null: not at all.</summary>
    public TimeSpan? WatchdogEvery { get; }

    public bool IsHeard => socket is not null;

    public static HostNotify FromEnvironment() =>
        new(Environment.GetEnvironmentVariable(Variables[0]), Environment.GetEnvironmentVariable(Variables[1]), Environment.GetEnvironmentVariable(Variables[2]));

    /// <summary>Is for us, and not for the program.</summary>
    public static bool IsOurs(string variable) => Array.IndexOf(Variables, variable) >= 0;

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    public void Alive() => Send("WATCHDOG=1");

    public void Status(string words) => Send($"STATUS={words.ReplaceLineEndings(" ")}");

    /// <summary>Starting, or stopping, takes so much longer from now on.</summary>
    public void Extend(TimeSpan time) => Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)time.TotalMicroseconds}"));

    public void Dispose() => socket?.Dispose();

    private void Send(string message)
    {
        try
        {
            socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // It is gone, or its queue is full: what is lost is said again at the next change.
        }
    }
}
