using System.CommandLine;
using MyApp.Cli.Settings;

namespace MyApp.Cli.Commands;

/// <summary>The options that every command has. Values are checked by <see cref="SettingsReader"/>, which knows the other layers too.</summary>
internal sealed class SharedOptions
{
    private readonly Dictionary<string, Option<string?>> values = new(StringComparer.Ordinal)
    {
        ["env"] = new("--env", "-e") { Description = "Environment (default: dev)", HelpName = "E" },
        ["service"] = new("--service", "-s") { Description = "Only this service", HelpName = "S" },
        ["api"] = new("--api") { Description = "Address of the control plane (default: http://127.0.0.1:5180)", HelpName = "URL" },
        ["output"] = new("--output", "-o") { Description = "text or json; with json, standard output holds documents only", HelpName = "FORMAT" },
    };

    private readonly Dictionary<string, Option<bool>> switches = new(StringComparer.Ordinal)
    {
        ["local"] = new("--local") { Description = "Without a control plane: in this process, on this machine's guard" },
        ["yes"] = new("--yes", "-y") { Description = "Ask nothing" },
        ["quiet"] = new("--quiet", "-q") { Description = "Results and errors only" },
    };

    private readonly Option<bool> json = new("--json") { Description = "The same as --output json" };

    public SharedOptions() => json.Validators.Add(result =>
    {
        if (result.GetResult(values["output"]) is { Implicit: false, Tokens: [{ Value: not "json" }] })
            result.AddError("--json: --output says otherwise; leave out one of them");
    });

    public void AddTo(Command root)
    {
        json.Recursive = true;
        root.Options.Add(json);
        foreach (var option in values.Values.Concat<Option>(switches.Values))
        {
            option.Recursive = true;
            root.Options.Add(option);
        }
    }

    /// <summary>What was given, by the setting's key.</summary>
    public IReadOnlyDictionary<string, WrittenSetting> Given(ParseResult parse)
    {
        var given = new Dictionary<string, WrittenSetting>(StringComparer.Ordinal);
        foreach (var (key, option) in values)
        {
            if (parse.GetValue(option) is { } value)
                given[key] = new WrittenSetting(value, option.Name);
        }

        foreach (var (key, option) in switches)
        {
            if (parse.GetResult(option) is { Implicit: false })
                given[key] = new WrittenSetting(parse.GetValue(option) ? "true" : "false", option.Name);
        }

        if (parse.GetValue(json))
            given["output"] = new WrittenSetting("json", json.Name);
        return given;
    }
}
