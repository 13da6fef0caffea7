namespace MyApp.Deployment.Specs;

/// <summary>How a service's executable comes to be.</summary>
public sealed record BuildSpec
{
    public const string Go = "go";
    public const string Dotnet = "dotnet";
    public const string Command = "command";
    public const string Prebuilt = "prebuilt";

    public static IReadOnlyList<string> Toolchains { get; } = [Go, Dotnet, Command, Prebuilt];

    /// <summary>Null: found from the source's files.</summary>
    public string? Toolchain { get; init; }

    /// <summary>Relative folder without <c>..</c>.</summary>
    public string Source { get; init; } = ".";

    /// <summary>Of a Go source, the package to build, relative to <see cref="Source"/>; of a .NET source, the project's folder.</summary>
    public string Main { get; init; } = ".";

    /// <summary>E.g. <c>linux/amd64</c>; empty: the building machine's own.</summary>
    public IReadOnlyList<string> Platforms { get; init; } = [];

    public BuildFlags Flags { get; init; } = new();

    /// <summary>UPX's level, 1 to 9 or <c>best</c>, or <c>on</c> for its own default; null: not packed.</summary>
    public string? Upx { get; init; }

    /// <summary>Whether strip(1) is tried on what a command made.</summary>
    public bool Strip { get; init; } = true;

    /// <summary>Only of the toolchain <see cref="Command"/>.</summary>
    public CommandBuild? Run { get; init; }

    /// <summary>Only of the toolchain <see cref="Prebuilt"/>.</summary>
    public PrebuiltFile? File { get; init; }

    /// <summary>Added to the clean environment of the build.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public BuildLimits Limits { get; init; } = new();

    /// <summary>Version that each of these modules must have, wherever it is a dependency.</summary>
    public IReadOnlyDictionary<string, string> Pins { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What a compiler is told beside the source.</summary>
public sealed record BuildFlags
{
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Go only: compile C parts, which usually makes the executable dynamic.</summary>
    public bool Cgo { get; init; }

    /// <summary>Go only: <c>-a</c>, every package anew.</summary>
    public bool Rebuild { get; init; }

    /// <summary>Go only: further flags of the linker.</summary>
    public IReadOnlyList<string> Ldflags { get; init; } = [];

    /// <summary>Go only: string variables by their full name, set by <c>-X</c>.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>.NET only: leave out what is not reached; null: as the project says.</summary>
    public bool? Trim { get; init; }

    /// <summary>.NET only: compile to machine code.</summary>
    public bool Aot { get; init; }
}

/// <summary>A build by a program of the source's own choice.</summary>
/// <param name="Args">Program, by its name in the PATH or its path, and arguments.</param>
/// <param name="Output">The executable it makes, relative to the source.</param>
/// <param name="Tools">Programs whose change makes the build a new one; the first argument is one anyway.</param>
/// <param name="Network">False: it gets none, which needs bubblewrap.</param>
public sealed record CommandBuild(IReadOnlyList<string> Args, string Output, IReadOnlyList<string> Tools, bool Network);

/// <summary>An executable that somebody else built, in the source.</summary>
/// <param name="Path">Of the executable or of an archive with it, relative to the source; <c>${os}</c> and <c>${arch}</c> stand for the platform's parts.</param>
/// <param name="Member">Name of the executable in the archive (tar.gz); null: the file itself is it.</param>
/// <param name="Digests">By platform, <c>sha256:…</c> that the file must have.</param>
public sealed record PrebuiltFile(string Path, string? Member, IReadOnlyDictionary<string, string> Digests);

/// <summary>What a build may use up.</summary>
public sealed record BuildLimits
{
    /// <summary>Then the compiler is killed and the build has failed.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Bytes of address space of each process of a command; null: any.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes of the largest file that a build may write.</summary>
    public long Output { get; init; } = 2L << 30;
}
