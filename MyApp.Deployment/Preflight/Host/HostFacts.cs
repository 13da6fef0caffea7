using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Host;

/// <summary>What a machine says about the service that is to run on it.</summary>
public sealed record HostFacts
{
    public required ServiceSpec Spec { get; init; }

    /// <summary>Secrets the spec refers to that are not there, each with the variable that does.</summary>
    public IReadOnlyList<(string Name, string Path)> MissingSecrets { get; init; } = [];

    /// <summary>Who listens on the service's ports, but for the guard.</summary>
    public IReadOnlyDictionary<int, string> PortOwners { get; init; } = new SortedDictionary<int, string>();

    /// <summary>Ports below are for root alone; 1024 on most machines.</summary>
    public int FirstFreePort { get; init; } = 1024;

    public bool IsRoot { get; init; }

    /// <summary>The most open files anybody but root may be given; null: unknown.</summary>
    public long? MostFiles { get; init; }

    /// <summary>The spec's user; null: it names none, or it can't be told.</summary>
    public bool? UserExists { get; init; }

    /// <summary>In the order of the spec, those with an address.</summary>
    public IReadOnlyList<DependencyFacts> Dependencies { get; init; } = [];

    /// <summary>The kernel's clock is kept right by somebody; null: it can't be told.</summary>
    public bool? ClockIsKept { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <param name="Index">In <c>dependsOn</c>.</param>
/// <param name="Address">Host and port.</param>
/// <param name="Resolved">Its host has an address.</param>
/// <param name="Trouble">Why no connection came about; null: one did.</param>
/// <param name="CertificateEnds">Of <c>https://</c>; null: it was not seen.</param>
public sealed record DependencyFacts(int Index, string Name, string Address, bool Resolved, string? Trouble, DateTimeOffset? CertificateEnds);
