using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>How much of earlier builds is kept.</summary>
public sealed record BuildCacheLimits
{
    /// <summary>Since it was last made or used. Default: 30 days.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Of the artifacts together. Default: 10 GiB.</summary>
    public long Bytes { get; init; } = 10L << 30;
}

/// <summary>
/// Removes what old builds left: the oldest first, until the limits hold. An artifact that a release was made of is pinned and stays, and so
/// does one that no record of this cache names.
/// </summary>
public static class BuildCollector
{
    private static readonly TimeSpan FlightsKept = TimeSpan.FromDays(1);

    /// <returns>Bytes of the artifacts that were removed.</returns>
    public static long Collect(DataPaths paths, BuildCacheLimits limits, TimeProvider clock)
    {
        var folder = BuildCache.Folder(paths);
        if (!Directory.Exists(folder))
            return 0;
        var artifacts = new ArtifactStore(paths.Artifacts);
        var records = new DirectoryInfo(folder).GetFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc).ToList();
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var oldest = (clock.GetUtcNow() - limits.Age).UtcDateTime;
        long bytes = 0, removed = 0;
        foreach (var record in records)
        {
            if (BuildCache.Read(record.FullName) is not { } artifact)
            {
                record.Delete();
                continue;
            }

            var pinned = artifacts.IsPinned(artifact.Digest);
            var wanted = pinned || (record.LastWriteTimeUtc >= oldest && (kept.Contains(artifact.Digest) || bytes + artifact.Bytes <= limits.Bytes));
            if (wanted && kept.Add(artifact.Digest) && !pinned)
                bytes += artifact.Bytes;
            if (wanted)
                continue;
            // The record first: one without an artifact is a cache miss, an artifact without a record would stay for ever.
            record.Delete();
            if (!kept.Contains(artifact.Digest))
                removed += artifacts.Remove(artifact.Digest);
        }

        artifacts.RemoveLeftovers(clock);
        RemoveFlights(paths, clock);
        return removed;
    }

    // Who waits on a lock that is removed builds too, and comes to the same artifact.
    private static void RemoveFlights(DataPaths paths, TimeProvider clock)
    {
        var before = (clock.GetUtcNow() - FlightsKept).UtcDateTime;
        foreach (var flight in BuildCache.Flights(paths).Where(path => Directory.GetLastWriteTimeUtc(path) < before))
        {
            using var free = new StoreLock(flight).TryTakeLock();
            if (free is not null)
                Directory.Delete(flight, recursive: true);
        }
    }
}
