using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MyApp.Supervision.Configs;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>A declared unit as kept in <c>guard/units</c>: what is wanted.</summary>
internal sealed record UnitRecord
{
    public required Unit Unit { get; init; }

    /// <summary>Its release gets the service's traffic and is started at boot.</summary>
    public bool Current { get; init; }

    /// <summary>A person stopped it: it stays so until a person starts it.</summary>
    public bool Stopped { get; init; }

    /// <summary>It came from the folder of units, whose reload may change and remove it.</summary>
    public bool FromFile { get; init; }

    /// <summary>Values of its file that it was given since it was declared.</summary>
    [AllowNull]
    public GivenValues Given { get; init => field = value ?? new(); } = new();

    /// <summary>The uid made for its service; null: it runs as <see cref="Unit.User"/> or as the guard.</summary>
    public uint? OwnUid { get; init; }
}

/// <summary>Values of a unit's file that came after its declaration, with secrets in them.</summary>
internal sealed record GivenValues
{
    /// <summary>What an instance gets when it starts; null: what the unit was declared with.</summary>
    public RevisedValues? Held { get; init; }

    /// <summary>What the instances are being given, or was taken back; null: neither.</summary>
    public RevisedValues? Asked { get; init; }

    /// <summary>Why <see cref="Asked"/> was taken back; null: it was not.</summary>
    public string? Problem { get; init; }

    /// <summary>Not yet ended, whichever guard began it.</summary>
    [JsonIgnore]
    public RevisedValues? UnderWay => Problem is null ? Asked : null;

    /// <summary>Nothing is to be done for them any more, or somebody is at it.</summary>
    public bool Has(string revision, bool isRolling) =>
        UnderWay is { } values ? values.Revision == revision && isRolling : Problem is null && Held?.Revision == revision;
}

/// <param name="Revision">What the client calls them.</param>
internal sealed record RevisedValues(string Revision, IReadOnlyDictionary<string, ConfigValue> Values);

/// <summary>An instance as kept in <c>guard/instances</c>: what is.</summary>
internal sealed record InstanceRecord
{
    public required Instance State { get; init; }

    /// <summary>Ports it was started with.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Lines of its output that could not be written.</summary>
    public long DroppedLines { get; init; }

    public required string BootId { get; init; }
}

// Null is written: a unit's null is "no limit", and what is not there is filled in with its default (UnitDefaults).
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    Converters = [
        typeof(CamelCaseEnum<Exposure>), typeof(CamelCaseEnum<SocketMode>), typeof(CamelCaseEnum<RestartPolicy>),
        typeof(CamelCaseEnum<DependencyCondition>), typeof(CamelCaseEnum<DependencyLoss>), typeof(CamelCaseEnum<LogPeriod>), typeof(CamelCaseEnum<LogFormat>), typeof(CamelCaseEnum<MissedRuns>),
        typeof(CamelCaseEnum<InstancePhase>), typeof(CamelCaseEnum<StopReason>)])]
[JsonSerializable(typeof(UnitRecord))]
[JsonSerializable(typeof(InstanceRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
