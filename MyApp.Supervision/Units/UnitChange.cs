namespace MyApp.Supervision.Units;

public enum UnitChangeKind { Added, Changed, Removed }

/// <param name="Before">Null: added.</param>
/// <param name="After">Null: removed.</param>
public sealed record UnitChange(UnitChangeKind Kind, Unit? Before, Unit? After, IReadOnlyList<FieldChange> Fields);
