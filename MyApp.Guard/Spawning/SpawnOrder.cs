using System.Text.Json.Serialization;

namespace MyApp.Guard.Spawning;

/// <summary>What the spawned process makes of itself before it becomes the program. Handed over in memory: it may hold secrets.</summary>
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

    /// <summary>RLIMIT_NOFILE; null: the parent's.</summary>
    public long? OpenFiles { get; init; }

    /// <summary>The program makes files as the parent's would be, as the shim's caller expects of a program it runs.</summary>
    public bool KeepUmask { get; init; }

    /// <summary>Sent by the kernel when the parent dies; 0: none.</summary>
    public int ParentDeathSignal { get; init; }

    public int ParentPid { get; init; }
}

/// <summary>Which step towards the program failed, and why.</summary>
internal sealed record SpawnFailure(string Step, int Errno);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SpawnOrder))]
[JsonSerializable(typeof(SpawnFailure))]
internal sealed partial class SpawnJson : JsonSerializerContext;
