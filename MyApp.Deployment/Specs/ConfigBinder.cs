using MyApp.Supervision.Configs;

namespace MyApp.Deployment.Specs;

/// <summary>How an application's values are delivered: the section <c>config</c>.</summary>
internal static class ConfigBinder
{
    private const string DefaultVariable = "CONFIG_FILE";

    /// <summary>Variables that are the target's to set.</summary>
    public static readonly IReadOnlySet<string> Taken = new HashSet<string>(StringComparer.Ordinal)
    {
        "PATH", "HOME", "PORT", "ADDR", "ASPNETCORE_URLS", "HTTP_PORTS", "NOTIFY_SOCKET", "WATCHDOG_USEC", "HEARTBEAT_URL", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "MYAPP_INSTANCE",
    };

    /// <summary>All but the values, which <see cref="AppBinder"/> reads.</summary>
    public static ConfigSpec Bind(SpecSection config)
    {
        var (variables, hasFile) = config.Word("deliver", ("none", (false, false)), ("env", (true, false)), ("file", (false, true)), ("both", (true, true))) ?? (false, false);
        var file = BindFile(config);
        var spec = new ConfigSpec
        {
            AsVariables = variables,
            Prefix = config.Checked("prefix", ConfigNames.IsPrefix, "letters, digits and _, not beginning with a digit") ?? "",
            File = hasFile ? file : null,
            OnChange = config.Word("onChange", ("ignore", ConfigReaction.Ignore), ("restart", ConfigReaction.Restart), ("signal", ConfigReaction.Signal)) ?? ConfigReaction.Ignore,
        };
        if (spec.OnChange == ConfigReaction.Signal && (variables || !hasFile))
            config.Refuse("onChange", $"{config.PathOf("onChange")}: signal tells a program to read its file again, and variables of a running program can't be changed", "deliver: file, or onChange: restart");
        if (!hasFile)
            RefuseUseless(config, ["format", "name", "variable"], "no file is made", "deliver: file, or both");
        if (!variables && spec.File is not { Format: ConfigFormat.Dotenv })
            RefuseUseless(config, ["prefix"], "the values get no names of variables", "deliver: env, or format: dotenv");
        return spec;
    }

    private static ConfigFileSpec BindFile(SpecSection config)
    {
        var format = config.Word("format", ("dotenv", ConfigFormat.Dotenv), ("json", ConfigFormat.Json), ("yaml", ConfigFormat.Yaml), ("properties", ConfigFormat.Properties)) ?? ConfigFormat.Dotenv;
        var name = config.Checked("name", ConfigNames.IsFile, $"the name of a file without a folder: {ConfigNames.FileRule}") ?? format switch
        {
            ConfigFormat.Dotenv => "config.env",
            ConfigFormat.Json => "config.json",
            ConfigFormat.Yaml => "config.yaml",
            _ => "config.properties",
        };
        var variable = config.Checked("variable", text => Names.IsVariable(text) && !Taken.Contains(text), "the name of a variable that the target does not set itself") ?? DefaultVariable;
        return new(name, format, variable);
    }

    private static void RefuseUseless(SpecSection config, string[] keys, string why, string fix)
    {
        foreach (var key in keys.Where(config.Has))
            config.Refuse(key, $"{config.PathOf(key)} does nothing, as {why}", fix);
    }
}
