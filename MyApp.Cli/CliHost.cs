namespace MyApp.Cli;

/// <summary>The edges of the process: streams, variables, folder, clock. Tests give their own.</summary>
internal sealed record CliHost
{
    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public bool InIsTerminal { get; init; }

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Asks at a terminal without showing what is typed.</summary>
    public Func<string, string> ReadHidden { get; init; } = HiddenInput.Read;

    /// <summary>Reads an environment variable; null: not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>All of them.</summary>
    public required Func<IEnumerable<KeyValuePair<string, string>>> Variables { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string Folder { get; init; }

    public required TimeProvider Clock { get; init; }

    public static CliHost OfProcess() => new()
    {
        In = Console.In,
        Out = StandardStream.OpenOutput(),
        Error = StandardStream.OpenError(),
        InIsTerminal = !Console.IsInputRedirected,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variable = Environment.GetEnvironmentVariable,
        Variables = () => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(pair => KeyValuePair.Create((string)pair.Key, (string)(pair.Value ?? ""))),
        Folder = Environment.CurrentDirectory,
        Clock = TimeProvider.System,
    };

    public string FullPath(string path) => Path.GetFullPath(path, Folder);
}
