using System.Text.Json.Serialization;
using MyApp.Supervision.Units;

namespace MyApp.Supervision.Configs;

/// <summary>How a file of an application's values is written.</summary>
[JsonConverter(typeof(CamelCaseEnum<ConfigFormat>))]
public enum ConfigFormat
{
    /// <summary>Lines <c>NAME=value</c>, quoted so that a shell reads them too.</summary>
    Dotenv,

    Json,

    Yaml,

    /// <summary>As java.util.Properties reads it.</summary>
    Properties,
}

public static class ConfigFormats
{
    /// <summary>A list without items is something in it; in the others it would be the same as one that is not there.</summary>
    public static bool HasEmptyLists(this ConfigFormat format) => format is ConfigFormat.Json or ConfigFormat.Yaml;
}
