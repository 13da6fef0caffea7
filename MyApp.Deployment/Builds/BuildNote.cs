namespace MyApp.Deployment.Builds;

/// <summary>One step of a build, told when it is over.</summary>
/// <param name="Step">E.g. <c>compile</c>.</param>
/// <param name="Message">What was done, or why the step was skipped.</param>
/// <param name="BytesBefore">Of the executable, before this step; null where there was none.</param>
/// <param name="BytesAfter">Null where there still is none.</param>
public sealed record BuildNote(string Step, string Message, bool Skipped, TimeSpan Duration, long? BytesBefore, long? BytesAfter)
{
    /// <summary>One line for a person, e.g. <c>slim: … (9.8 MiB → 6.9 MiB (−30 %), 1.2 s)</c>.</summary>
    public override string ToString()
    {
        var sizes = (BytesBefore, BytesAfter) switch
        {
            (null, { } after) => $"{Bytes.Text(after)}, ",
            ({ } before, { } after) when before != after => $"{Bytes.Change(before, after)}, ",
            _ => "",
        };
        return Skipped ? $"{Step}: skipped: {Message}" : string.Create(null, $"{Step}: {Message} ({sizes}{Duration.TotalSeconds:0.0} s)");
    }
}
