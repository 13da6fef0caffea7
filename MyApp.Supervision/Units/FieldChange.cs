namespace MyApp.Supervision.Units;

/// <summary>A field of a unit that differs. What may be a secret is only named.</summary>
/// <param name="Path">E.g. <c>restart.initial</c>, <c>env.GREETING</c>.</param>
/// <param name="Before">Null: it was not there, or must not be shown.</param>
/// <param name="After">Null: it is not there any more, or must not be shown.</param>
public sealed record FieldChange(string Path, FieldChangeKind Kind, string? Before = null, string? After = null)
{
    /// <summary><c>replicas 1 → 2</c>, <c>env.GREETING</c>, <c>+env.NEW</c>, <c>-env.OLD</c>, <c>+user orders</c>.</summary>
    public override string ToString() => Kind switch
    {
        FieldChangeKind.Added => After is null ? $"+{Path}" : $"+{Path} {After}",
        FieldChangeKind.Removed => $"-{Path}",
        _ => Before is null || After is null ? Path : $"{Path} {Before} → {After}",
    };
}

public enum FieldChangeKind { Changed, Added, Removed }
