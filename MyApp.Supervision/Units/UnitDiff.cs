using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MyApp.Supervision.Units;

/// <summary>What differs between units.</summary>
public static class UnitDiff
{
    /// <summary>Field by field, but for the release's name; empty: they are the same.</summary>
    public static IReadOnlyList<FieldChange> Fields(Unit before, Unit after)
    {
        var changes = new List<FieldChange>();
        Compare("", Tree(before), Tree(after with { Release = before.Release }), changes);
        return changes;
    }

    /// <summary>
    /// What it takes to come from the one set to the other, each holding a service of an environment once: in the order of <paramref name="wanted"/>,
    /// then what goes. What stays as it is does not appear.
    /// </summary>
    public static IReadOnlyList<UnitChange> Between(IReadOnlyList<Unit> running, IReadOnlyList<Unit> wanted)
    {
        var before = running.ToDictionary(KeyOf);
        var after = wanted.Select(KeyOf).ToHashSet();
        var changes = new List<UnitChange>();
        foreach (var unit in wanted)
        {
            if (!before.TryGetValue(KeyOf(unit), out var known))
                changes.Add(new UnitChange(UnitChangeKind.Added, null, unit, []));
            else if (Fields(known, unit) is { Count: > 0 } fields)
                changes.Add(new UnitChange(UnitChangeKind.Changed, known, unit, fields));
        }

        changes.AddRange(running.Where(u => !after.Contains(KeyOf(u))).Select(u => new UnitChange(UnitChangeKind.Removed, u, null, [])));
        return changes;
    }

    private static (string, string) KeyOf(Unit unit) => (unit.Environment, unit.Service);

    private static JsonElement Tree(Unit unit) => JsonSerializer.SerializeToElement(unit, UnitJson.Default.Unit);

    private static void Compare(string path, JsonElement? before, JsonElement? after, List<FieldChange> changes)
    {
        if (before is { ValueKind: JsonValueKind.Object } a && after is { ValueKind: JsonValueKind.Object } b)
            CompareMembers(path, a, b, changes);
        else if (IsListOfObjects(before) && IsListOfObjects(after))
            CompareElements(path, before!.Value, after!.Value, changes);
        else if (before is null && after is not null)
            changes.Add(new FieldChange(path, FieldChangeKind.Added, After: Shown(path, after)));
        else if (after is null)
            changes.Add(new FieldChange(path, FieldChangeKind.Removed));
        else if (before!.Value.GetRawText() != after.Value.GetRawText())
            changes.Add(new FieldChange(path, FieldChangeKind.Changed, Shown(path, before), Shown(path, after)));
    }

    private static void CompareMembers(string path, JsonElement before, JsonElement after, List<FieldChange> changes)
    {
        var names = before.EnumerateObject().Concat(after.EnumerateObject()).Select(m => m.Name).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
            Compare(path.Length == 0 ? name : $"{path}.{name}", Member(before, name), Member(after, name), changes);
    }

    private static void CompareElements(string path, JsonElement before, JsonElement after, List<FieldChange> changes)
    {
        for (var i = 0; i < Math.Max(before.GetArrayLength(), after.GetArrayLength()); i++)
            Compare($"{path}[{i}]", i < before.GetArrayLength() ? before[i] : null, i < after.GetArrayLength() ? after[i] : null, changes);
    }

    private static JsonElement? Member(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;

    private static bool IsListOfObjects(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object);

    // Values of the environment and of the application may be secrets, and so may be what stands in an address (or in a whole added dependency, which holds one).
    private static string? Shown(string path, JsonElement? value) => value switch
    {
        null => null,
        _ when path == "config" || path.StartsWith("config.values", StringComparison.Ordinal) => null,
        _ when path.StartsWith("env.", StringComparison.Ordinal) || path.StartsWith("dependsOn", StringComparison.Ordinal) => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => Readable(other),
    };

    // For people, who read \" and not \u0022.
    private static string Readable(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
