namespace MyApp.Cli.Settings;

/// <summary>The shared options of every command, resolved: flags, then <c>MYAPP_*</c> variables, then the settings file, then defaults.</summary>
internal sealed record CliSettings
{
    public static readonly Uri DefaultApi = new("http://127.0.0.1:5180");

    /// <summary>Base address of the control plane.</summary>
    public Uri Api { get; init; } = DefaultApi;

    public string Environment { get; init; } = "dev";

    /// <summary>Somebody named the environment: it is not the default.</summary>
    public bool NamesEnvironment { get; init; }

    /// <summary>Null: named by the command's argument, or every service.</summary>
    public string? Service { get; init; }

    /// <summary>In this process, against the guard of this machine; no control plane.</summary>
    public bool Local { get; init; }

    public OutputFormat Output { get; init; } = OutputFormat.Text;

    /// <summary>Ask nothing.</summary>
    public bool Yes { get; init; }

    /// <summary>Results and errors only.</summary>
    public bool Quiet { get; init; }
}
