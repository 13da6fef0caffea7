namespace MyApp.Cli.Settings;

/// <summary>A setting as written, and where: <c>--api</c>, <c>MYAPP_API</c>, <c>config.yaml:2:6</c>.</summary>
internal sealed record WrittenSetting(string Value, string Origin);

/// <summary>The layers that settings come from, highest first.</summary>
internal sealed class SettingLayers(
    IReadOnlyDictionary<string, WrittenSetting> flags, Func<string, string?> variable, Func<IReadOnlyDictionary<string, WrittenSetting>> readFile)
{
    private IReadOnlyDictionary<string, WrittenSetting>? file;

    /// <summary>The winner, or null where no layer has it.</summary>
    public WrittenSetting? Find(string key)
    {
        if (flags.TryGetValue(key, out var flag))
            return flag;
        var name = $"MYAPP_{key.ToUpperInvariant()}";
        if (variable(name) is { Length: > 0 } value)
            return new WrittenSetting(value, name);
        file ??= readFile();
        return file.GetValueOrDefault(key);
    }
}
