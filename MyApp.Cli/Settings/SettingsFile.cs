using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MyApp.Cli.Settings;

/// <summary><c>~/.config/myapp/config.yaml</c>: one mapping of the keys of <see cref="SettingsReader.Keys"/>.</summary>
internal static class SettingsFile
{
    /// <summary>Null without a home folder.</summary>
    public static string? Locate(Func<string, string?> variable)
    {
        if (variable("XDG_CONFIG_HOME") is { Length: > 0 } config)
            return Path.Combine(config, "myapp", "config.yaml");
        return variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config", "myapp", "config.yaml") : null;
    }

    /// <summary>A missing file is an empty one.</summary>
    public static IReadOnlyDictionary<string, WrittenSetting> Read(string? path)
    {
        if (path is null || !File.Exists(path))
            return new Dictionary<string, WrittenSetting>();
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} can't be read: {e.Message}", e);
        }
    }

    public static IReadOnlyDictionary<string, WrittenSetting> Parse(string path, string text)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw CommandFailedException.BadInput("the settings file is not YAML", [$"{At(path, e.Start)}: {e.Message}"]);
        }

        if (yaml.Documents.Count == 0)
            return new Dictionary<string, WrittenSetting>();
        if (yaml.Documents[0].RootNode is not YamlMappingNode root)
            throw CommandFailedException.BadInput("settings that can't be used", [$"{path}:1:1: expected 'key: value' lines"]);
        return ReadEntries(path, root);
    }

    private static Dictionary<string, WrittenSetting> ReadEntries(string path, YamlMappingNode root)
    {
        var settings = new Dictionary<string, WrittenSetting>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (key, value) in root.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } || !SettingsReader.Keys.Contains(name))
                problems.Add($"{At(path, key.Start)}: unknown key '{key}'; known are {string.Join(", ", SettingsReader.Keys)}");
            else if (value is not YamlScalarNode { Value: { Length: > 0 } scalar })
                problems.Add($"{At(path, value.Start)}: '{name}' needs one value");
            else
                settings.Add(name, new WrittenSetting(scalar, At(path, value.Start)));
        }

        return problems.Count == 0 ? settings : throw CommandFailedException.BadInput("settings that can't be used", problems);
    }

    private static string At(string path, Mark mark) => $"{path}:{mark.Line}:{mark.Column}";
}
