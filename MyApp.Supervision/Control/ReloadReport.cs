namespace MyApp.Supervision.Control;

/// <summary>What a reload of the folder of units found and did.</summary>
/// <param name="Problems">Each with file, line and column. Any, and nothing was changed.</param>
public sealed record ReloadReport(IReadOnlyList<ReloadChange> Changes, IReadOnlyList<string> Problems);

/// <param name="Kind"><c>added</c>, <c>changed</c> or <c>removed</c>.</param>
/// <param name="Fields">changed: what differs, e.g. <c>replicas 1 → 2</c>; of the environment only names.</param>
/// <param name="Failure">Why it could not be done; then what ran before runs on. Null: done, or only asked about.</param>
public sealed record ReloadChange(string Kind, string Service, string Environment, IReadOnlyList<string> Fields, string? Failure = null)
{
    /// <summary><c>+ orders</c>, <c>~ payments: env.GREETING, replicas 1 → 2</c>, <c>- old</c>.</summary>
    public override string ToString()
    {
        var sign = Kind switch { "added" => '+', "removed" => '-', _ => '~' };
        return $"{sign} {Service} ({Environment}){(Fields.Count > 0 ? $": {string.Join(", ", Fields)}" : "")}{(Failure is null ? "" : $"  FAILED: {Failure}")}";
    }
}
