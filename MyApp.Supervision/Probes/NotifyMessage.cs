using System.Globalization;
using System.Text;

namespace MyApp.Supervision.Probes;

/// <summary>
/// What a service told its supervisor in one datagram, as sd_notify(3) has it: <c>NAME=value</c> a line. <c>MAINPID</c>, <c>FDSTORE</c>,
/// <c>RELOADING</c> and what else there is are passed over, as that page asks for.
/// </summary>
public sealed record NotifyMessage
{
    private const int MaxStatus = 256;

    /// <summary>A sign of life and nothing else.</summary>
    public static NotifyMessage Alive { get; } = new() { Watchdog = true };

    /// <summary><c>READY=1</c>: start-up (or a reload) is done.</summary>
    public bool Ready { get; init; }

    /// <summary><c>STOPPING=1</c>.</summary>
    public bool Stopping { get; init; }

    /// <summary><c>WATCHDOG=1</c>: a sign of life.</summary>
    public bool Watchdog { get; init; }

    /// <summary><c>WATCHDOG=trigger</c>: it knows that it is ill, and asks to be treated as if it had been silent.</summary>
    public bool Trigger { get; init; }

    /// <summary><c>STATUS=</c>, at most 256 characters; null: none was told.</summary>
    public string? Status { get; init; }

    /// <summary><c>ERRNO=</c>: why it is about to fail.</summary>
    public int? Errno { get; init; }

    /// <summary><c>EXTEND_TIMEOUT_USEC=</c>: start-up, or stopping, needs so much longer from now.</summary>
    public TimeSpan? ExtendTimeout { get; init; }

    /// <summary><c>BARRIER=1</c>: the sender waits until the descriptor that came along is closed.</summary>
    public bool Barrier { get; init; }

    public static NotifyMessage Parse(ReadOnlySpan<byte> datagram)
    {
        var message = new NotifyMessage();
        foreach (var line in Encoding.UTF8.GetString(datagram).Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                message = message.With(line[..equals], line[(equals + 1)..].TrimEnd('\0', '\r'));
        }

        return message;
    }

    private NotifyMessage With(string name, string value) => (name, value) switch
    {
        ("READY", "1") => this with { Ready = true },
        ("STOPPING", "1") => this with { Stopping = true },
        ("WATCHDOG", "1") => this with { Watchdog = true },
        ("WATCHDOG", "trigger") => this with { Trigger = true },
        ("BARRIER", "1") => this with { Barrier = true },
        ("STATUS", _) => this with { Status = value.Length <= MaxStatus ? value : value[..MaxStatus] },
        ("ERRNO", _) when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var errno) => this with { Errno = errno },
        ("EXTEND_TIMEOUT_USEC", _) when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var micros) =>
            this with { ExtendTimeout = TimeSpan.FromMicroseconds(Math.Min(micros, TimeSpan.FromDays(1).TotalMicroseconds)) },
        _ => this,
    };
}
