using System.Globalization;

namespace MyApp.Deployment.Layering;

/// <summary>Where a value was written.</summary>
/// <param name="File">A file, a variable, an option, or whoever else gave it.</param>
/// <param name="Line">From 1; 0: what gave it has no lines.</param>
/// <param name="Column">From 1.</param>
public readonly record struct Origin(string File, int Line, int Column)
{
    public override string ToString() => Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
