using System.Globalization;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Shim;

/// <summary>The command line of <c>myapp-guard exec</c>.</summary>
internal sealed record ShimOptions
{
    public const string Usage =
        "usage: myapp-guard exec --unit FILE [--replica N] [--logs DIR] [--restart]\n"
        + "       myapp-guard exec [--user NAME|UID] [--chdir DIR] [--tether] [--grace 10s] [--stop-signal TERM|INT|QUIT|HUP|USR1|USR2] -- COMMAND ARGS...";

    private const int MaxReplica = 999;

    /// <summary>A unit as JSON, which says everything but what follows here; null: <see cref="Command"/> is run.</summary>
    public string? UnitFile { get; init; }

    /// <summary>With <see cref="UnitFile"/>: number of the copy, from 0.</summary>
    public int Replica { get; init; }

    /// <summary>With <see cref="UnitFile"/>: folder of access.log and error.log, by the unit's rule. Null: the output is the caller's.</summary>
    public string? LogFolder { get; init; }

    /// <summary>With <see cref="UnitFile"/>: restart by the unit's rule, for managers that can't. Else the shim ends when the program does.</summary>
    public bool Restart { get; init; }

    /// <summary>Null: the caller's user is kept.</summary>
    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>Stop when standard input ends.</summary>
    public bool Tether { get; init; }

    /// <summary>From the stop signal to SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the group is sent for a SIGTERM to the shim and when the tether breaks.</summary>
    public int StopSignal { get; init; } = SIGTERM;

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <exception cref="FormatException">The command line is wrong; the message says how.</exception>
    public static ShimOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new ShimOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--")
                return options.With(args[(i + 1)..]);
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                return options.With(args[i..]);
            if (args[i] == "--tether")
                options = options with { Tether = true };
            else if (args[i] == "--restart")
                options = options with { Restart = true };
            else if (i + 1 < args.Length)
                options = options.With(args[i], args[++i]);
            else
                throw new FormatException($"{args[i]} needs a value");
        }

        return options.Checked();
    }

    private ShimOptions Checked()
    {
        if (UnitFile is null == (Command.Count == 0))
            throw new FormatException(UnitFile is null ? "no command is given" : "a unit and a command are given");
        if (UnitFile is null && (Restart || LogFolder is not null || Replica != 0))
            throw new FormatException("--restart, --logs and --replica need --unit");
        if (UnitFile is not null && (Tether || User is not null || WorkingDirectory is not null))
            throw new FormatException("--user, --chdir and --tether are not for --unit");
        return this;
    }

    private ShimOptions With(ReadOnlySpan<string> command) =>
        (this with { Command = command.ToArray() }).Checked();

    private ShimOptions With(string option, string value) => option switch
    {
        "--user" => this with { User = value },
        "--chdir" => this with { WorkingDirectory = value },
        "--unit" => this with { UnitFile = value },
        "--replica" => this with { Replica = Number(value) },
        "--logs" => this with { LogFolder = value },
        "--grace" => this with { Grace = Duration(value) },
        "--stop-signal" => this with { StopSignal = Signal(value) },
        _ => throw new FormatException($"unknown option {option}"),
    };

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxReplica
            ? number : throw new FormatException($"'{text}' is not a number from 0 to {MaxReplica}");

    private static TimeSpan Duration(string text)
    {
        var unit = text.EndsWith("ms", StringComparison.Ordinal) ? "ms" : text[^Math.Min(1, text.Length)..];
        var number = text.AsSpan(0, text.Length - (unit is "ms" or "s" or "m" ? unit.Length : 0));
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 86400)
            throw new FormatException($"'{text}' is not a duration such as 10s, 500ms or 1m");
        return unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(value),
            "m" => TimeSpan.FromMinutes(value),
            _ => TimeSpan.FromSeconds(value),
        };
    }

    private static int Signal(string name) => (name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name) switch
    {
        "TERM" => SIGTERM,
        "INT" => SIGINT,
        "QUIT" => SIGQUIT,
        "HUP" => SIGHUP,
        "USR1" => SIGUSR1,
        "USR2" => SIGUSR2,
        _ => throw new FormatException($"'{name}' is not a signal the shim can stop with"),
    };
}
