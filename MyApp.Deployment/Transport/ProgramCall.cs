namespace MyApp.Deployment.Transport;

public enum ProgramStream { Output, Error }

/// <summary>One run of a program on this machine. Arguments are passed as they are; no shell is involved.</summary>
/// <param name="FileName">A path, or a name looked up in the PATH of this process.</param>
public sealed record ProgramCall(string FileName, IReadOnlyList<string> Args)
{
    /// <summary>Null: this process's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The whole environment, unless <see cref="InheritEnvironment"/> adds these to this process's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public bool InheritEnvironment { get; init; }

    /// <summary>After it the program and everything it started is killed. Default 10 minutes; <see cref="Timeout.InfiniteTimeSpan"/>: none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between asking with SIGTERM and SIGKILL when cancelled or out of time. Zero (default): SIGKILL at once.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.Zero;

    /// <summary>Told every line as it comes, from either stream, one call at a time.</summary>
    public Action<ProgramStream, string>? OnLine { get; init; }

    /// <summary>Told the process id once, right after the start.</summary>
    public Action<int>? OnStarted { get; init; }

    /// <summary>Written to standard input, which is then closed; null: empty input.</summary>
    public string? StdIn { get; init; }

    /// <summary>Keeps standard input open until the program ends, so that it can notice the death of this process.</summary>
    public bool HoldStdIn { get; init; }

    /// <summary>Characters kept of each stream: the first half of it from the beginning, the rest from the end.</summary>
    public int MaxCaptured { get; init; } = 256 * 1024;

    /// <summary>As root: run as this user and group, without other groups and without a way to gain privileges; null: as this process.</summary>
    public ProgramUser? User { get; init; }
}

/// <summary>Numeric ids; they need not be in the user database.</summary>
public sealed record ProgramUser(int Uid, int Gid);

public sealed record ProgramResult
{
    /// <summary>As a shell says it: 128 + signal for a program ended by a signal.</summary>
    public required int ExitCode { get; init; }

    public required string Output { get; init; }

    public required string Error { get; init; }

    /// <summary>It was killed because <see cref="ProgramCall.Timeout"/> was over.</summary>
    public bool TimedOut { get; init; }

    public required TimeSpan Duration { get; init; }
}

/// <summary>The program could not be started at all.</summary>
public sealed class ProgramStartException(string message, Exception? inner = null) : Exception(message, inner);
