namespace MyApp.Deployment.Layering;

/// <summary>Where the value of one key comes from.</summary>
/// <param name="Key">Path of the key, e.g. <c>run.env.GIN_MODE</c>.</param>
/// <param name="Value">As written; null: no layer has it, or the highest that has takes it away, so that its default holds.</param>
/// <param name="Written">Every layer that has it, the winner first.</param>
public sealed record Explanation(string Key, string? Value, IReadOnlyList<WrittenValue> Written)
{
    /// <summary>A value of the config server that does not hold because something above it says otherwise; null: there is none.</summary>
    public WrittenValue? MaskedRemote => Written.Skip(1).FirstOrDefault(written => written.Kind == LayerKind.ConfigServer && !Written[0].Appends && written.Value != Value);
}

/// <summary>A key's value in one layer.</summary>
/// <param name="Layer">E.g. <c>environment prod</c>.</param>
/// <param name="Value">As written; a removal is <c>null</c>.</param>
/// <param name="Appends">It adds to the list below.</param>
/// <param name="Origin">Where it was written.</param>
public sealed record WrittenValue(LayerKind Kind, string Layer, string Value, bool Appends, Origin Origin);
