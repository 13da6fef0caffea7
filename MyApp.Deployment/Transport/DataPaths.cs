using MyApp.Supervision.Control;

namespace MyApp.Deployment.Transport;

/// <summary>Every folder below one data folder, so that no two parts disagree on a name.</summary>
public sealed class DataPaths(string dataFolder)
{
    public string DataFolder { get; } = Path.GetFullPath(dataFolder);

    public GuardPaths Guard => new(DataFolder);

    public string Postgres => Path.Combine(DataFolder, "postgres");

    public string Redis => Path.Combine(DataFolder, "redis");

    /// <summary>Uploaded source archives, by digest.</summary>
    public string Sources => Path.Combine(DataFolder, "store", "sources");

    /// <summary>Built artifacts, by digest.</summary>
    public string Artifacts => Path.Combine(DataFolder, "store", "artifacts");

    /// <summary>Compilers' own caches. May be deleted at any time.</summary>
    public string Cache => Path.Combine(DataFolder, "cache");

    /// <summary>Private copies of sources while they are built. Empty between builds.</summary>
    public string Work => Path.Combine(DataFolder, "work");

    /// <summary>Rollouts and releases of local mode, which has no database.</summary>
    public string Local => Path.Combine(DataFolder, "local");

    /// <summary>Sealed secrets of local mode, and the key ring where no other is named. For its owner alone.</summary>
    public string Secrets => Path.Combine(DataFolder, "secrets");

    /// <summary>The key ring where no other is named.</summary>
    public string SecretKeys => Path.Combine(Secrets, "keys");

    public string Logs => Guard.LogsFolder;

    public string Services => Guard.ServicesFolder;

    public string Releases(string service) => Path.Combine(Services, service, "releases");

    public string Release(string service, string release) => Path.Combine(Releases(service), release);

    /// <summary>The paths below <see cref="Transport.DataFolder.Resolve()"/>.</summary>
    public static DataPaths Resolve() => new(Transport.DataFolder.Resolve());
}
