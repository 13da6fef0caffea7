using System.Globalization;

namespace MyApp.Guard.Control.Commands;

/// <summary>The command line of <c>myapp-guard ctl</c>.</summary>
internal sealed record CtlOptions
{
    public const string Usage =
        """
        usage: myapp-guard ctl (--data DIR | --socket PATH) [--output json] COMMAND
               hello | status [SERVICE] | watch | reload [--dry-run] | metrics | upgrade [--binary PATH]
               apply FILE | switch SERVICE RELEASE | remove SERVICE RELEASE
               start SERVICE | stop SERVICE | restart SERVICE
               logs SERVICE [--stream access|error|trace] [--tail N] [--follow]
               why SERVICE [--count N] [--lines N]
               (SERVICE may be followed by --env ENVIRONMENT; needed where it is in several)
        """;

    /// <summary>Words after the command, by command: least and most.</summary>
    private static readonly Dictionary<string, (int Least, int Most, string Words)> Commands = new(StringComparer.Ordinal)
    {
        ["hello"] = (0, 0, ""), ["status"] = (0, 1, "[SERVICE]"), ["watch"] = (0, 0, ""), ["reload"] = (0, 0, ""), ["metrics"] = (0, 0, ""),
        ["upgrade"] = (0, 0, ""), ["apply"] = (1, 1, "FILE"), ["switch"] = (2, 2, "SERVICE RELEASE"), ["remove"] = (2, 2, "SERVICE RELEASE"),
        ["start"] = (1, 1, "SERVICE"), ["stop"] = (1, 1, "SERVICE"), ["restart"] = (1, 1, "SERVICE"), ["logs"] = (1, 1, "SERVICE"),
        ["why"] = (1, 1, "SERVICE"), ["dossier"] = (1, 1, "SERVICE"),
    };

    public string? DataFolder { get; init; }

    public string? SocketPath { get; init; }

    public bool Json { get; init; }

    public string Command { get; init; } = "";

    public IReadOnlyList<string> Words { get; init; } = [];

    public string? Environment { get; init; }

    public string? Stream { get; init; }

    /// <summary>logs: null is 100.</summary>
    public int? Tail { get; init; }

    public bool Follow { get; init; }

    /// <summary>why: exits shown.</summary>
    public int Count { get; init; } = 1;

    /// <summary>why: last lines shown of each stream.</summary>
    public int Lines { get; init; } = 20;

    public bool DryRun { get; init; }

    public string? Binary { get; init; }

    /// <exception cref="FormatException">The command line is wrong; the message says how.</exception>
    public static CtlOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new CtlOptions();
        var words = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith('-'))
                words.Add(args[i]);
            else if (Flag(options, args[i]) is { } flagged)
                options = flagged;
            else
                options = Valued(options, args[i], i + 1 < args.Length ? args[++i] : throw new FormatException($"{args[i]} needs a value"));
        }

        return Checked(options, words);
    }

    private static CtlOptions? Flag(CtlOptions options, string flag) => flag switch
    {
        "--follow" => options with { Follow = true },
        "--dry-run" => options with { DryRun = true },
        "--data" or "--socket" or "--output" or "--env" or "--stream" or "--tail" or "--count" or "--lines" or "--binary" => null,
        _ => throw new FormatException($"unknown option {flag}"),
    };

    private static CtlOptions Valued(CtlOptions options, string name, string value) => name switch
    {
        "--data" => options with { DataFolder = value },
        "--socket" => options with { SocketPath = value },
        "--output" => options with { Json = value == "json" || (value == "table" ? false : throw new FormatException($"--output: there is no '{value}'; it is table or json")) },
        "--env" => options with { Environment = value },
        "--stream" => options with { Stream = value },
        "--tail" => options with { Tail = Number(name, value) },
        "--count" => options with { Count = Number(name, value) },
        "--lines" => options with { Lines = Number(name, value) },
        _ => options with { Binary = value },
    };

    private static CtlOptions Checked(CtlOptions options, List<string> words)
    {
        if (options.DataFolder is null == options.SocketPath is null)
            throw new FormatException("give --data DIR, the guard's data folder, or --socket PATH");
        if (words.Count == 0)
            throw new FormatException("a command must be given");
        if (!Commands.TryGetValue(words[0], out var command))
            throw new FormatException($"there is no command {words[0]}");
        if (words.Count - 1 < command.Least || words.Count - 1 > command.Most)
            throw new FormatException($"write: {words[0]} {command.Words}".TrimEnd());
        return options with { Command = words[0], Words = words[1..] };
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"{name}: '{value}' is no number");
}
