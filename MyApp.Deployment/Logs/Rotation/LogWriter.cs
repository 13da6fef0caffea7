namespace MyApp.Deployment.Logs.Rotation;

/// <summary>Who has the live files open, and so how it takes up a new one.</summary>
public abstract record LogWriter
{
    private LogWriter()
    {
    }

    /// <summary>The guard or its shim: sees within a second that a file was moved, and makes it anew.</summary>
    public sealed record Guard : LogWriter;

    /// <summary>A program, or systemd or Supervisor for it, that appends and never opens again.</summary>
    public sealed record Appending : LogWriter;

    /// <summary>A program that opens its files again when its systemd unit gets a signal.</summary>
    /// <param name="Unit">E.g. <c>orders.service</c>.</param>
    /// <param name="Signal">E.g. <c>SIGUSR1</c>.</param>
    public sealed record Signalled(string Unit, string Signal) : LogWriter;
}
