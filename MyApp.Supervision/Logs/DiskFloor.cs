namespace MyApp.Supervision.Logs;

/// <summary>Whether there is so little room that only errors are logged: below a tenth of the disk, until there is a tenth and one percent.</summary>
public static class DiskFloor
{
    private const double Low = 0.10;
    private const double Enough = 0.11;

    /// <param name="wasLow">The answer before.</param>
    /// <param name="free">Bytes.</param>
    /// <param name="total">Bytes; 0: unknown, which is never low.</param>
    public static bool IsLow(bool wasLow, long free, long total) => total > 0 && free < total * (wasLow ? Enough : Low);
}
