namespace MyApp.Hosting.Engine;

/// <summary>The arguments an AppHost takes from people, azd and the aspire command line; what is left over is configuration.</summary>
internal sealed record AppHostArguments
{
    private static readonly HashSet<string> Switches = new(StringComparer.Ordinal)
    {
        "--list-steps", "--include-exception-details", "--clear-cache", "--yes", "--no-dashboard",
    };

    private static readonly HashSet<string> Options = new(StringComparer.Ordinal)
    {
        "--publisher", "--output-path", "--operation", "--step", "--log-level", "--environment",
    };

    public const string ManifestPublisher = "manifest";

    public DistributedApplicationOperation Operation { get; private init; }

    public string Publisher { get; private init; } = ManifestPublisher;

    /// <summary>Null: the current folder.</summary>
    public string? OutputPath { get; private init; }

    /// <summary>Null: every step.</summary>
    public string? Step { get; private init; }

    public bool ListSteps { get; private init; }

    public bool Dashboard { get; private init; } = true;

    /// <summary>Null: from the environment.</summary>
    public string? Environment { get; private init; }

    public bool ExceptionDetails { get; private init; }

    public string? LogLevel { get; private init; }

    public IReadOnlyList<string> Rest { get; private init; } = [];

    /// <exception cref="DistributedApplicationException">An option lacks its value, or there is no such operation.</exception>
    public static AppHostArguments Parse(IReadOnlyList<string> args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var rest = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (Switches.Contains(name))
                given[name] = value ?? "true";
            else if (!Options.Contains(name))
                rest.Add(args[i]);
            else if (value is not null)
                given[name] = value;
            else
                given[name] = i + 1 < args.Count ? args[++i] : throw new DistributedApplicationException($"{name} needs a value.");
        }

        return From(given) with { Rest = rest };
    }

    private static AppHostArguments From(Dictionary<string, string> given)
    {
        var operation = given.GetValueOrDefault("--operation") ?? (given.ContainsKey("--publisher") ? "publish" : "run");
        return new AppHostArguments
        {
            Operation = operation switch
            {
                "run" => DistributedApplicationOperation.Run,
                "publish" or "inspect" => DistributedApplicationOperation.Publish,
                _ => throw new DistributedApplicationException($"--operation {operation}: it is run, publish or inspect."),
            },
            Publisher = given.GetValueOrDefault("--publisher", ManifestPublisher),
            OutputPath = given.GetValueOrDefault("--output-path"),
            Step = given.GetValueOrDefault("--step"),
            // An inspection changes nothing: all there is to see without running is what would be done.
            ListSteps = given.ContainsKey("--list-steps") || operation == "inspect",
            Dashboard = !given.ContainsKey("--no-dashboard"),
            Environment = given.GetValueOrDefault("--environment"),
            ExceptionDetails = given.ContainsKey("--include-exception-details"),
            LogLevel = given.GetValueOrDefault("--log-level"),
        };
    }

    private static (string Name, string? Value) Split(string arg)
    {
        var equals = arg.StartsWith("--", StringComparison.Ordinal) ? arg.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (arg, null) : (arg[..equals], arg[(equals + 1)..]);
    }
}
