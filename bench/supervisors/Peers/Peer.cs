using MyApp.Bench.Supervisors.Measuring;
using MyApp.Supervision.Processes;

namespace MyApp.Bench.Supervisors.Peers;

/// <summary>A supervisor: configured once for its services, started, asked, stopped.</summary>
internal abstract class Peer(string folder)
{
    /// <summary>Everything of this run, its services' programs too.</summary>
    protected string Folder { get; } = folder;

    public abstract string Name { get; }

    /// <summary>It starts services along a graph.</summary>
    public virtual bool HasDependencies => false;

    /// <summary>Why it can't be measured here; null: it can.</summary>
    public abstract string? Missing();

    public abstract Task<string> VersionAsync(CancellationToken ct);

    /// <summary>Writes down the services; nothing runs after it.</summary>
    public abstract Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct);

    /// <summary>Starts the supervisor, which starts the services. Returns before they are up.</summary>
    public abstract Task StartAsync(CancellationToken ct);

    /// <summary>Starts one service that was stopped, without memory of its failures.</summary>
    public abstract Task UpAsync(Workload service, CancellationToken ct);

    /// <summary>Asks one service to stop, and may return before it has.</summary>
    public abstract Task DownAsync(Workload service, CancellationToken ct);

    /// <summary>Restarts one service by request, and may return before it has.</summary>
    public abstract Task RestartAsync(Workload service, CancellationToken ct);

    /// <summary>Of the supervisor itself, services left out.</summary>
    public abstract IReadOnlyList<int> Processes();

    /// <summary>Ends services and supervisor.</summary>
    public abstract Task StopAsync(CancellationToken ct);

    public static ProcessIdentity? ServerOf(Workload service) => ProcFs.StartedAs(service.Program).FirstOrDefault();

    protected string Place(string name, string text, bool executable = false)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new StreamWriter(path))
            file.Write(text);
        if (executable)
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    protected IReadOnlyList<int> TreeWithoutServices(int root) =>
        [.. ProcFs.Tree(root).Where(p => ProcFs.Program(p)?.StartsWith(Path.Combine(Folder, "bin") + "/", StringComparison.Ordinal) == false)];

    /// <summary>A script that becomes the service.</summary>
    protected static string RunScript(Workload service) =>
        $"#!/bin/sh\n{string.Concat(service.Variables.Select(v => $"export {v.Key}='{v.Value}'\n"))}exec {service.CommandLine}\n";
}
