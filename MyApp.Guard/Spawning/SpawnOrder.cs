namespace MyApp.Guard.Spawning;

/// <summary>What a new process makes of itself before it becomes the program. Handed over in memory: it may hold secrets.</summary>
internal sealed record SpawnOrder
{
    public required string Executable { get; init; }

    /// <summary>With the name the program sees of itself first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Null: that of the parent.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Null: the parent's user and groups are kept.</summary>
    public uint? Uid { get; init; }

    public uint Gid { get; init; }

    public IReadOnlyList<uint> Groups { get; init; } = [];

    /// <summary>Null: the parent's, as the shim's caller expects of a program it runs.</summary>
    public int? Umask { get; init; }

    /// <summary>-20 to 19; null: the parent's.</summary>
    public int? Nice { get; init; }

    /// <summary>-1000 to 1000; null: the parent's.</summary>
    public int? OomScoreAdjust { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>Soft and hard alike; what is not named stays as the parent's.</summary>
    public IReadOnlyList<ProcessLimit> Limits { get; init; } = [];

    /// <summary>Become descriptors 3 and on, announced by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES; see sd_listen_fds(3).</summary>
    public IReadOnlyList<ListenSocket> ListenSockets { get; init; } = [];

    /// <summary>Files <c>tasks</c> of cgroups v1 to be joined, open for writing.</summary>
    public IReadOnlyList<int> CgroupTasks { get; init; } = [];

    /// <summary>The open folder of the cgroup v2 to be started in; null: the parent's.</summary>
    public int? CgroupFolder { get; init; }

    /// <summary>Sent by the kernel when the thread that started it ends; 0: none.</summary>
    public int ParentDeathSignal { get; init; }
}

/// <param name="Name">As people know it, e.g. <c>process.coreBytes</c>.</param>
/// <param name="Resource">A number of setrlimit(2).</param>
internal readonly record struct ProcessLimit(string Name, int Resource, long Value);

/// <param name="Name">Without colons, which separate the names in LISTEN_FDNAMES.</param>
internal readonly record struct ListenSocket(string Name, int Descriptor);

/// <summary>The steps towards a program, as spawn.c counts them.</summary>
internal enum SpawnStep { None, Clone, SetSession, Cgroup, Descriptors, Limits, Nice, OomScore, User, NoNewPrivileges, Folder, Parent, Exec }

/// <summary>Which step towards the program failed, and why.</summary>
internal sealed record SpawnFailure(SpawnStep Step, int Errno);
