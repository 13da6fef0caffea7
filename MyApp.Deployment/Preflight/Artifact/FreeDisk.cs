namespace MyApp.Deployment.Preflight.Artifact;

internal static class FreeDisk
{
    /// <summary>Bytes that may still be written where a folder is, or is to be; null: unknown.</summary>
    public static long? Of(string folder)
    {
        var existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } above)
            existing = above;
        try
        {
            return new DriveInfo(existing).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
