using MyApp.Supervision.Units;

namespace MyApp.Bench.Supervisors.Peers;

/// <summary>One service, described for no supervisor in particular.</summary>
/// <param name="Name">Also the name of its program: each service has a path of its own, by which its process is found.</param>
internal sealed record Workload(string Name, string Program)
{
    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    public int? Port { get; init; }

    public SocketMode Socket { get; init; }

    /// <summary>Says READY=1 to NOTIFY_SOCKET.</summary>
    public bool Notifies { get; init; }

    /// <summary>Is not started again when it ends.</summary>
    public bool Once { get; init; }

    /// <summary>Its lines are kept as they are, with nothing before them; else as the supervisor keeps them by default.</summary>
    public bool RawLogs { get; init; }

    /// <summary>Services that must be ready first.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>The environment with the port in it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables => Port is { } port ? Env.Append(new("PORT", $"{port}")) : Env;

    public string CommandLine => string.Join(' ', Args.Prepend(Program));
}
