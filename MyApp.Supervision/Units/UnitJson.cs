using System.Text.Json;
using System.Text.Json.Serialization;

namespace MyApp.Supervision.Units;

/// <summary>The Unit's written form: camelCase, enums as camelCase words, durations as <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnum<Exposure>), typeof(CamelCaseEnum<SocketMode>), typeof(CamelCaseEnum<RestartPolicy>),
        typeof(CamelCaseEnum<DependencyCondition>), typeof(CamelCaseEnum<DependencyLoss>), typeof(CamelCaseEnum<LogPeriod>), typeof(CamelCaseEnum<LogFormat>), typeof(CamelCaseEnum<MissedRuns>)])]
[JsonSerializable(typeof(Unit))]
public sealed partial class UnitJson : JsonSerializerContext;

/// <summary>Writes an enum as its camelCase name and refuses numbers.</summary>
public sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
