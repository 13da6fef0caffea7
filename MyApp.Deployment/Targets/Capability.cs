namespace MyApp.Deployment.Targets;

public enum FieldSupport
{
    /// <summary>The target does it itself.</summary>
    Native,

    /// <summary>Done in another way than asked, close to it; the note says how.</summary>
    Emulated,

    /// <summary>Not done. Using the field is an error unless the spec accepts its loss.</summary>
    Lost,
}

/// <summary>What one target makes of one field of a spec.</summary>
/// <param name="Field">Path in the spec, e.g. <c>resources.memory</c>.</param>
public sealed record Capability(string Field, FieldSupport Support, string Note = "");
