using MyApp.Deployment.Specs;

namespace MyApp.Cli.Settings;

/// <summary>Makes <see cref="CliSettings"/> of the layers; collects every problem before it fails.</summary>
internal sealed class SettingsReader(SettingLayers layers)
{
    /// <summary>Keys of the settings file; each is also an option and, in capitals after <c>MYAPP_</c>, a variable.</summary>
    public static readonly string[] Keys = ["api", "env", "local", "output", "quiet", "service", "yes"];

    private readonly List<string> problems = [];

    public CliSettings Read()
    {
        var settings = new CliSettings
        {
            Api = Take("api", ParseApi, CliSettings.DefaultApi),
            Environment = Take("env", ParseName, "dev"),
            NamesEnvironment = layers.Find("env") is not null,
            Service = Take<string?>("service", ParseName, null),
            Local = Take("local", ParseSwitch, false),
            Output = Take("output", ParseOutput, OutputFormat.Text),
            Yes = Take("yes", ParseSwitch, false),
            Quiet = Take("quiet", ParseSwitch, false),
        };
        return problems.Count == 0 ? settings : throw CommandFailedException.BadInput("settings that can't be used", problems);
    }

    private T Take<T>(string key, Func<string, (T Value, string? Problem)> parse, T otherwise)
    {
        if (layers.Find(key) is not { } written)
            return otherwise;
        var (value, problem) = parse(written.Value);
        if (problem is null)
            return value;
        problems.Add($"{written.Origin}: '{written.Value}' {problem}");
        return otherwise;
    }

    private static (Uri, string?) ParseApi(string text)
    {
        var good = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
        return good ? (uri!, null) : (CliSettings.DefaultApi, "is not an http or https address, e.g. http://127.0.0.1:5180");
    }

    private static (string, string?) ParseName(string text) =>
        (text, Names.IsValid(text) ? null : $"is not a name: {Names.Rule}");

    private static (bool, string?) ParseSwitch(string text) => text.ToLowerInvariant() switch
    {
        "1" or "true" or "yes" or "on" => (true, null),
        "0" or "false" or "no" or "off" => (false, null),
        _ => (false, "is neither true nor false"),
    };

    private static (OutputFormat, string?) ParseOutput(string text) => text switch
    {
        "text" => (OutputFormat.Text, null),
        "json" => (OutputFormat.Json, null),
        _ => (OutputFormat.Text, "is neither text nor json"),
    };
}
