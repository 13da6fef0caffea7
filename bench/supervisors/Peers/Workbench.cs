using MyApp.Bench.Supervisors.Measuring;

namespace MyApp.Bench.Supervisors.Peers;

/// <summary>What a run works with: the programs, a folder that goes with it, and how thorough it is.</summary>
/// <param name="Wanted">Beginnings of the names of the supervisors to measure; empty: all.</param>
internal sealed record Workbench(string Programs, string Artifacts, bool Quick, IReadOnlyList<string> Wanted, Action<string> Tell)
{
    /// <summary>Memory where there is enough of it, so that no disk is measured.</summary>
    private static string Place => Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").AvailableFreeSpace > 6L << 30 ? "/dev/shm" : Path.GetTempPath();

    public string Guard => Environment.GetEnvironmentVariable("MYAPP_GUARD") is { Length: > 0 } named ? named : Path.Combine(Artifacts, "guard", "myapp-guard");

    public T Rounds<T>(T quick, T full) => Quick ? quick : full;

    /// <summary>Every supervisor, each in a folder of its own.</summary>
    public IEnumerable<Func<string, Peer>> Peers => All.Where(Wants);

    private IEnumerable<Func<string, Peer>> All =>
    [
        f => new GuardPeer(f, Guard),
        f => new RunitPeer(f),
        f => new S6Peer(f),
        f => new SupervisordPeer(f),
        f => new Pm2Peer(f, Path.Combine(Artifacts, "bench", "pm2", "node_modules", ".bin", "pm2")),
        f => new SystemdPeer(f, null),
    ];

    /// <summary>Of everything that is measured as a supervisor.</summary>
    public IEnumerable<string> Names => All.Append(EagerSystemd).Select(NameOf);

    /// <summary>The first of those that are wanted that begins nobody's name; null: none.</summary>
    public string? UnknownPeer => Wanted.FirstOrDefault(w => !Names.Any(name => name.StartsWith(w, StringComparison.Ordinal)));

    /// <summary>systemd without its pause of 100 ms: that is a setting, and people who mind it change it.</summary>
    public static Peer EagerSystemd(string folder) => new SystemdPeer(folder, 0);

    public bool Wants(Func<string, Peer> make) => Wanted.Count == 0 || Wanted.Any(w => NameOf(make).StartsWith(w, StringComparison.Ordinal));

    private static string NameOf(Func<string, Peer> make) => make("/").Name;

    public static string NewFolder()
    {
        var folder = Path.Combine(Place, $"bench-supervisors-{Guid.NewGuid().ToString("N")[..8]}");
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        return folder;
    }

    /// <summary>A link of its own to one of the programs, so that the path a process was started as names the service.</summary>
    public string Program(string folder, string program, string service)
    {
        // In the run's own folder: a host of its own sees nothing else.
        var copy = Path.Combine(folder, program);
        if (!File.Exists(copy))
            File.Copy(Path.Combine(Programs, program), copy);
        var path = Path.Combine(folder, "bin", service);
        File.CreateSymbolicLink(path, copy);
        return path;
    }

    /// <summary>Runs a case with a peer in a fresh folder, and leaves nothing behind.</summary>
    public static async Task WithAsync(Func<string, Peer> make, Func<Peer, string, Task> use, CancellationToken ct)
    {
        var folder = NewFolder();
        var peer = make(folder);
        try
        {
            await use(peer, folder);
        }
        finally
        {
            // Also when the run was interrupted.
            await peer.StopAsync(CancellationToken.None);
            foreach (var left in ProcFs.StartedBelow(folder))
                ProcFs.Signal(left, Libc.SIGKILL);
            await Until.TrueAsync(() => !ProcFs.StartedBelow(folder).Any(), "the services have ended", TimeSpan.FromSeconds(30), CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }
}
